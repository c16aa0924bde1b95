"""Follows the journal: one reader per process, from which any number of subscribers are served."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import NamedTuple

import orjson

from gridql import clock
from gridql.database import Database
from gridql.errors import Fault, Misuse, ProblemCode, ReadTimeout, Refusal, Unavailable
from gridql.journal.bell import Bell
from gridql.journal.numbering import NUMBERED

logger = logging.getLogger("gridql.journal")

_BATCH = 500
_RETRY_S = 1.0

_HEAD = "SELECT CAST(COALESCE(MAX(position), 0) AS TEXT) FROM chain"
_COLUMNS = "position, id, subject_type, subject_id, grid_code, kind"
_AFTER = {
    "sqlite": f"""
        SELECT json_group_array(json_array({_COLUMNS})) FROM (
            SELECT {_COLUMNS} FROM entry WHERE position > ?1 ORDER BY position LIMIT {_BATCH}
        )""",
    "postgres": f"""
        SELECT COALESCE(json_agg(json_build_array({_COLUMNS})), '[]') FROM (
            SELECT {_COLUMNS} FROM entry WHERE position > $1 ORDER BY position LIMIT {_BATCH}
        ) AS page""",
}
# In the order of an index of its own: one row is looked at, however long the journal is. By the
# table's name, because to PostgreSQL a bare `position` is the text that comes out.
_EXPIRED = """
    SELECT CAST(position AS TEXT) FROM entry WHERE recorded_at < {} AND position IS NOT NULL
    ORDER BY recorded_at DESC, entry.position DESC LIMIT 1"""
_LAST_BEFORE = {"sqlite": _EXPIRED.format("?1"), "postgres": _EXPIRED.format("$1")}


def _beyond(path: str | None) -> Fault:
    text = {
        "zh": "游标超出日志末尾，请从 journalEnd 重新开始。",
        "en": "The cursor lies beyond the end of the journal: begin anew, from `journalEnd`.",
    }
    return Fault(ProblemCode.CURSOR_EXPIRED, path, text)


def _expired(path: str | None, days: int) -> Fault:
    text = {
        "zh": f"游标已超过 {days} 天的保留期，请从 journalEnd 重新开始，"
        "并用 hazards 查询补上现状。",
        "en": f"The cursor is older than the {days} days that followers may be away: begin anew, "
        "from `journalEnd`, and read what there is by now with `hazards`.",
    }
    return Fault(ProblemCode.CURSOR_EXPIRED, path, text)


class Numbered(NamedTuple):
    """A numbered entry, as far as followers need it to decide whether it is theirs."""

    position: int
    id: int
    subject_type: str
    subject_id: int
    grid_code: str | None
    kind: str


class Tail:
    """The journal from now on, and the recent past in memory.

    A subscriber is a position and nothing else: one that is slower than the ring is long is served
    from the table, and no queue grows anywhere.
    """

    def __init__(
        self,
        database: Database,
        ring_size: int = 4096,
        *,
        follow_days: int = 30,
        expire_every_s: float = 60.0,
    ) -> None:
        self._database = database
        self._follow_days = follow_days
        self._expire_every_s = expire_every_s
        self._oldest = 0
        self._expire_at = 0.0
        self._bell = Bell(database, NUMBERED)
        self._ring: list[Numbered | None] = [None] * ring_size
        self._head = 0
        self._opened = False
        self._moved = asyncio.Event()

    async def open(self) -> None:
        """Find the present head; `follow` and `head` are right from here on."""
        if not self._opened:
            self._head = int(await self._database.read(_HEAD, []) or 0)
            await self._expire()
            self._opened = True

    async def run(self) -> None:
        """Until cancelled. Start it outside of any transaction."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._bell.listen())
            tasks.create_task(self._keep_up())

    def wake(self) -> None:
        """Look at once for what this process has just committed, instead of at the next poll."""
        self._bell.ring()

    def head(self) -> int:
        """Position of the last entry that this process knows of; 0 for none."""
        return self._head

    async def require(self, position: int, path: str | None = None) -> None:
        """Raise CURSOR_EXPIRED at `path` for a position that cannot be followed from.

        Either it is older than what followers are kept, or the journal has not reached it: then it
        was given by a journal that is no more, say before a restore, and waiting until this one has
        come so far would be a silent gap.
        """
        if position < self._oldest:
            raise Refusal([_expired(path, self._follow_days)])
        if position > self._head and position > int(await self._database.read(_HEAD, []) or 0):
            raise Refusal([_beyond(path)])

    def follow(self, after: int | None = None) -> AsyncIterator[Numbered]:
        """Every entry behind the position `after`, in order, for ever; None means from now on.

        "Now" is when this is called, not when the first entry is asked for.
        """
        if not self._opened:
            raise Misuse("a tail is opened before it is followed")
        return self._follow(self._head if after is None else after)

    async def _follow(self, position: int) -> AsyncIterator[Numbered]:
        while True:
            for entry in await self.after(position):
                position = entry.position
                yield entry

    async def after(self, position: int) -> list[Numbered]:
        """What stands right behind `position`, in order; waits until there is something."""
        while True:
            # Taken before looking: what is numbered after the look sets this one.
            moved = self._moved
            head = self._head
            if position >= head:
                await moved.wait()
            elif page := self._recent(position) or await self._patiently(position):
                return page
            else:  # somebody deleted what is no longer in the ring; `verify` will say so
                position = head

    def _recent(self, position: int) -> list[Numbered]:
        """What the ring holds right behind `position`; empty where it begins later."""
        found: list[Numbered] = []
        for wanted in range(position + 1, min(position + _BATCH, self._head) + 1):
            entry = self._ring[wanted % len(self._ring)]
            if entry is None or entry.position != wanted:
                break
            found.append(entry)
        return found

    async def _patiently(self, position: int) -> list[Numbered]:
        """What is stored behind `position`; a database that is gone is waited for."""
        while True:
            try:
                return await self._stored(position)
            except (ReadTimeout, Unavailable) as error:
                logger.warning("a follower waits for the journal: %r", error)
                await asyncio.sleep(_RETRY_S)

    async def _stored(self, position: int) -> list[Numbered]:
        text = await self._database.read(_AFTER[self._database.dialect], [position])
        return sorted(Numbered(*row) for row in orjson.loads(text or "[]"))

    async def _keep_up(self) -> None:
        while True:
            try:
                await self.open()
                await self._read_on()
                await self._expire()
            except Exception:  # a database that restarts, most likely
                # Subscribers wait meanwhile, and miss nothing: they go on from their position.
                logger.exception("reading the journal failed; trying again in %s s", _RETRY_S)
                await asyncio.sleep(_RETRY_S)
            await self._bell.wait()

    async def _expire(self) -> None:
        """Find the oldest position that may still be followed from; not too often."""
        now = asyncio.get_running_loop().time()
        if now < self._expire_at:
            return
        before = clock.now() - timedelta(days=self._follow_days)
        found = await self._database.read(_LAST_BEFORE[self._database.dialect], [before])
        self._oldest = int(found or 0)
        self._expire_at = now + self._expire_every_s

    async def _read_on(self) -> None:
        more = True
        while more:
            page = await self._stored(self._head)
            more = len(page) == _BATCH
            if page:
                for entry in page:
                    self._ring[entry.position % len(self._ring)] = entry
                self._head = page[-1].position
                self._moved.set()
                self._moved = asyncio.Event()

"""Following the journal: an entry is read once for all who ask the same of it in one place.

A subscriber is a position in the journal and a feed. The feed belongs to an operation, the
variables that its answers depend on, and an audience; where the subscriber has come from (`after`)
is not among them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple
from weakref import WeakSet, WeakValueDictionary

import orjson
from graphql import ExecutionResult
from graphql.execution.values import VariableValues

from gridql.access.codes import prefix
from gridql.access.roles import Actor
from gridql.access.tokens import Watch
from gridql.errors import ReadTimeout, Unavailable
from gridql.graph.context import Context
from gridql.graph.follows import Follows
from gridql.graph.lru import Cache
from gridql.graph.responses import Result, response
from gridql.graph.roots import read
from gridql.journal.tail import Numbered, Tail

log = logging.getLogger("gridql.graph")

REMEMBERED = 16_000_000
"""Bytes of all answers that a process keeps: for subscribers who are a little behind the others."""

_BESIDE = 300
"""Bytes that an answer takes beside its text."""

TOLD_IN_A_ROW = 250
"""Then others have their turn: it takes some milliseconds."""

RETRY_S = 1.0
"""Between two tries to read an entry from a database that is not there for the moment."""

MOST_TRIES = 5
"""At an entry whose reading takes too long: then its subscribers are told so instead."""

MOST_FEEDS = 200
"""Subscriptions unlike one another that one account may have in one process: each event is read for
each of them. Of those that are alike there may be any number."""


class Told(NamedTuple):
    """What an entry says to an audience, as it was when the journal had come to `head`."""

    head: int
    body: bytes | None


class Reading(NamedTuple):
    """An entry that is being read, since the journal had come to `head`."""

    head: int
    task: asyncio.Task[bytes | None]


Take = Callable[[bytes], bool]
"""Takes the response to an event at once, or says that it cannot."""


@dataclass(slots=True, eq=False)
class Seat:
    """Where a subscriber who is up to date is told without a wait."""

    take: Take
    watch: Watch
    actor: Actor
    """Who is told: nobody else may hear it, nor the same with other rights."""

    def told(self, body: bytes) -> bool:
        """Whether it was taken; whatever is wrong here, the others are told as well."""
        try:
            return (self.watch.actor is self.actor or self._still_entitled()) and self.take(body)
        except Exception:  # it is told in its own turn, and if it breaks again, only that ends
            log.exception("an event could not be told at once")
            return False

    def _still_entitled(self) -> bool:
        known = self.watch.actor
        if known != self.actor:
            return False
        # From now on it is the very same object: to compare all members takes longer.
        self.actor = known
        return True


Answers = Cache[tuple[int, int], Told]
"""By the number of the feed and the position of the entry."""

_numbers = count()


class Feed:
    """What entries of the journal say to all who ask one operation in one place."""

    def __init__(
        self, asked: Follows, variables: VariableValues, context: Context, answers: Answers
    ) -> None:
        self._asked = asked
        self._context = context
        self._call = asked.call(variables, context)
        self._within = tuple(prefix(scope) for scope in context.actor.scopes)
        self._offered: dict[Following, tuple[Following, Seat, asyncio.Future[None]]] = {}
        """All that is needed of each is in the value: nothing has to be made for each event."""
        self._pump: asyncio.Task[None] | None = None
        self._pumped = 0
        """Everything up to here was offered to those who were there."""
        self._number = next(_numbers)
        self._answers = answers
        self._reading: dict[int, Reading] = {}

    def concerns(self, entry: Numbered) -> bool:
        """Whether the entry may have something to say: others need not be read."""
        code = entry.grid_code
        return (
            entry.subject_type == self._asked.field.subject
            and code is not None
            and code.startswith(self._within)
        )

    async def answer(self, entry: Numbered, since: int = 0) -> bytes | None:
        """The response to the event that the entry is; None where it is none for this audience.

        However many ask for it at once, it is read once. What is to be seen changes: nothing is
        told that was read before the journal had come to `since`. While the database is not there,
        this waits: an event is never passed over.
        """
        if not self.concerns(entry):
            return None
        told = self._answers.get((self._number, entry.position))
        if told is not None and told.head >= since:
            return told.body
        reading = self._reading.get(entry.position)
        if reading is None or reading.head < since:
            reading = self._begin(entry)
        # Whoever goes away while it is read must not take it away from the others.
        return await asyncio.shield(reading.task)

    async def offer(self, following: Following, seat: Seat, tail: Tail) -> None:
        """Tell a subscriber what comes behind its position, until it does not take it at once.

        All who are here are told in one go: to wake each of them would take several times as long
        as to tell them.
        """
        if self._pump is None:
            self._pumped = following.position
            self._pump = asyncio.create_task(self._tell_all(tail))
            self._pump.add_done_callback(self._pump_ended)
        elif following.position < self._pumped:
            return  # what it lacks was told to the others already
        left = asyncio.get_running_loop().create_future()
        self._offered[following] = (following, seat, left)
        try:
            await left
        finally:
            del self._offered[following]
            if not self._offered and self._pump is not None:
                self._pump.cancel()
                self._pump = None

    def _pump_ended(self, pump: asyncio.Task[None]) -> None:
        """Leave nobody waiting for a pump that broke: each goes on alone, and finds out why."""
        if pump.cancelled() or self._pump is not pump:
            return
        log.error("a feed broke, and begins anew", exc_info=pump.exception())
        self._pump = None
        for _, _, left in self._offered.values():
            if not left.done():
                left.set_result(None)

    async def _tell_all(self, tail: Tail) -> None:
        while True:
            for entry in await tail.after(self._pumped):
                body = await self.answer(entry)
                self._pumped = entry.position
                await self._move_on(entry.position, body)

    async def _move_on(self, position: int, body: bytes | None) -> None:
        """Bring all who are here to that position, where the body is told, if there is one."""
        everybody = tuple(self._offered.values())
        for start in range(0, len(everybody), TOLD_IN_A_ROW):
            if start:
                await asyncio.sleep(0)
            for following, seat, left in everybody[start : start + TOLD_IN_A_ROW]:
                if following.position >= position or left.done():
                    continue
                if body is None or seat.told(body):
                    following.position = position
                else:
                    left.set_result(None)

    def _begin(self, entry: Numbered) -> Reading:
        head = self._context.services.tail.head()
        reading = Reading(head, asyncio.create_task(self._read(entry, head)))
        self._reading[entry.position] = reading
        reading.task.add_done_callback(lambda _: self._ended(entry.position, reading))
        return reading

    def _ended(self, position: int, reading: Reading) -> None:
        if self._reading.get(position) is reading:
            del self._reading[position]

    async def _read(self, entry: Numbered, head: int) -> bytes | None:
        try:
            body = await self._patiently(entry)
        except Exception as error:  # of this event: the next one may well be read, and this one too
            told = self._asked.error(error, self._context)
            return response(ExecutionResult(None, [told]), self._context).body
        key, size = (self._number, entry.position), len(body or b"")
        self._answers.put(key, Told(head, body), size + _BESIDE)
        return body

    async def _patiently(self, entry: Numbered) -> bytes | None:
        tries = 0
        while True:
            tries += 1
            try:
                text = await read(self._call, self._asked.field.root, entry.id)
            except (Unavailable, ReadTimeout) as error:
                if isinstance(error, ReadTimeout) and tries == MOST_TRIES:
                    raise
                log.warning("entry %d waits to be read: %r", entry.position, error)
                await asyncio.sleep(RETRY_S)
                continue
            if text is None:
                return None
            return orjson.dumps({"data": {self._asked.key: orjson.Fragment(text)}})


class Following:
    """One subscriber: a place in the journal, and the feed that is read from there on."""

    def __init__(self, feed: Feed, tail: Tail, after: int | None) -> None:
        self._feed = feed
        self._tail = tail
        self._began = tail.head()
        self.position = self._began if after is None else after
        """Everything up to here was told, or does not concern the subscriber."""

    async def results(self, seat: Seat | None = None) -> AsyncGenerator[Result]:
        """The responses to all events from here on, as they come.

        Those that are taken at the `seat` are not among them. It is told what comes for as long as
        it takes everything; what it does not take, and what comes while that is waited for, is
        yielded.
        """
        while True:
            if seat is not None and self.position >= self._tail.head():
                await self._feed.offer(self, seat, self._tail)
            for entry in await self._tail.after(self.position):
                body = await self._feed.answer(entry, self._began)
                if body is not None:
                    yield Result(body, position=entry.position)
                self.position = entry.position


class Feeds:
    """All feeds of one schema that anybody holds, and who follows which."""

    def __init__(self) -> None:
        self.answers: Answers = Cache(REMEMBERED)
        self._held: WeakValueDictionary[tuple[object, ...], Feed] = WeakValueDictionary()
        self._followed: dict[int, WeakSet[Feed]] = {}
        """What each account follows."""

    def of(
        self,
        asked: Follows,
        variables: VariableValues,
        given: Mapping[str, Any],
        context: Context,
    ) -> Feed:
        """The feed of an operation with the variables `given`: the same for all in one place."""
        shaping = {name: given[name] for name in asked.shaping if name in given}
        text = orjson.dumps(shaping, option=orjson.OPT_SORT_KEYS)
        key = (id(asked), text, context.audience.place)
        feed = self._held.get(key)
        if feed is None:
            feed = self._held[key] = Feed(asked, variables, context, self.answers)
        return feed

    def admit(self, account_id: int, feed: Feed) -> bool:
        """Whether the account may follow that, beside all that it follows; it then does."""
        theirs = self._followed.get(account_id)
        if theirs is None:
            gone = [each for each, feeds in self._followed.items() if not feeds]
            for each in gone:
                del self._followed[each]
            theirs = self._followed[account_id] = WeakSet()
        if feed not in theirs and len(theirs) >= MOST_FEEDS:
            return False
        theirs.add(feed)
        return True

"""Which process delivers which webhook: one at a time, and another one soon after it has died.

A process is alive for as long as its row in `courier` says, which it renews all the time; a webhook
belongs to the courier that has claimed it, until that one lets go or is dead. All times are the
database's own, so that clocks of hosts need not agree. Whatever a courier writes about a webhook it
writes only while the claim is still its own.
"""

from __future__ import annotations

import os
import time
from typing import NamedTuple

import orjson

from gridql import clock
from gridql.database import Database
from gridql.domain.agencies.rules import LONGEST_NAME

LEASE_S = 6.0
"""A process that was not heard of for so long is dead."""

RENEW_S = 2.0

_NOW = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
    "postgres": "clock_timestamp()",
}
_LATER = {
    "sqlite": f"strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '+{LEASE_S} seconds')",
    "postgres": f"clock_timestamp() + interval '{LEASE_S} seconds'",
}

_LOOK = """
    SELECT {collect} FROM webhook w
    WHERE w.status = 'ACTIVE' AND (
        w.claimed_by = {p}1 OR w.claimed_by IS NULL
        OR NOT EXISTS (SELECT 1 FROM courier c
                       WHERE c.name = w.claimed_by AND c.alive_until > {now}))
"""
_COLLECT = {
    "sqlite": "json_group_array(json_array(w.id, w.version, w.claimed_by))",
    "postgres": "coalesce(json_agg(json_build_array(w.id, w.version, w.claimed_by)), '[]')",
}
_BEGIN = "INSERT INTO courier (name, alive_until) VALUES ({p}1, {later})"
_RENEW = """
    UPDATE courier SET alive_until = {later} WHERE name = {p}1 AND alive_until > {now}
    RETURNING id
"""
# Compared with what was seen, so that of two who take over at once only one does: the other finds
# the first one's name.
_CLAIM = """
    UPDATE webhook SET claimed_by = {p}1
    WHERE id = {p}2 AND status = 'ACTIVE' AND coalesce(claimed_by, '') = {p}3
    RETURNING id
"""
_LET_GO = "UPDATE webhook SET claimed_by = NULL WHERE claimed_by = {p}1"
_END = "DELETE FROM courier WHERE name = {p}1 OR alive_until <= {now}"


class Seen(NamedTuple):
    """A webhook that is this courier's to deliver, or could be."""

    webhook_id: int
    version: int
    claimed_by: str | None


class Lease:
    """What one process holds."""

    def __init__(self, database: Database, renew_s: float = RENEW_S) -> None:
        self._database = database
        self._renew_s = renew_s
        self.name = _new_name()
        self._renewed: float | None = None

    @property
    def held(self) -> bool:
        """Whether this courier is certainly still alive for the others."""
        return self._renewed is not None and time.monotonic() - self._renewed < LEASE_S

    async def look(self) -> list[Seen]:
        """The active webhooks that are this courier's, or nobody's who is alive."""
        text = await self._database.read(self._sql(_LOOK), [self.name])
        return [Seen(*row) for row in orjson.loads(text or "[]")]

    async def renew(self) -> bool:
        """Be alive from now on; False where it had lapsed, and all that was held with it.

        It then has another name, so that nothing that was begun under the old one can be written.
        """
        began = time.monotonic()
        before = self._renewed
        if before is not None and began - before < self._renew_s:
            return True
        kept = before is not None and await self._run(_RENEW, self.name)
        if not kept:
            await self._run(_END, self.name)
            if before is not None:
                self.name = _new_name()
            await self._run(_BEGIN, self.name)
        self._renewed = began
        return kept or before is None

    async def claim(self, seen: Seen) -> bool:
        """Take a webhook that was nobody's; whether it is this courier's now."""
        return await self._run(_CLAIM, self.name, seen.webhook_id, seen.claimed_by or "")

    async def end(self) -> None:
        """Let go of everything, so that others need not wait."""
        if self._renewed is not None:
            await self._run(_LET_GO, self.name)
            await self._run(_END, self.name)

    async def _run(self, template: str, *values: object) -> bool:
        """Run a statement that writes; whether it gave a row."""
        connection = self._database.connection()
        rows = await connection.execute_query_dict(self._sql(template), list(values))
        return bool(rows)

    def _sql(self, template: str) -> str:
        dialect = self._database.dialect
        return template.format(
            p="?" if dialect == "sqlite" else "$",
            now=_NOW[dialect],
            later=_LATER[dialect],
            collect=_COLLECT[dialect],
        )


def _new_name() -> str:
    """The number of this process, for people, and something that no other one has."""
    return f"{os.getpid()}-{clock.new_uuid().hex}"[:LONGEST_NAME]

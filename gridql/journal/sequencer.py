"""Gives committed entries their position, one sequencer at a time per database (PostgreSQL).

Commits do not come in the order of ids: a reader that has passed id 11 would miss an id 10 that
commits later. So the position is given after the commit, by a transaction of its own.
"""

from __future__ import annotations

import asyncio
import logging

from tortoise.backends.base.client import BaseDBAsyncClient

from gridql.database import Database, transaction
from gridql.journal.bell import Bell
from gridql.journal.entry import WRITTEN
from gridql.journal.numbering import BATCH, number_visible

logger = logging.getLogger("gridql.journal")

NUMBERED = "gridql_numbered"
"""The channel on which PostgreSQL tells every tail how far the journal reaches."""

LOCK = 0x67_72_69_64_71_6C
"""Key of the advisory lock that makes one of all the sequencers the one that numbers."""

TURN_S = 5
"""A process that stalls for so long in the middle of numbering is put out by the database."""

_RETRY_S = 1.0


async def number(database: Database) -> int:
    """Number what is committed and has no position yet; how many entries that were.

    0 also where another process is at it. Does nothing on SQLite, where entries are numbered as
    they are written.
    """
    total, count = 0, BATCH
    while database.dialect == "postgres" and count == BATCH:
        count = await _number_batch(database)
        total += count
    return total


async def _number_batch(database: Database) -> int:
    async with transaction() as connection:
        if not await take_turn(connection):
            return 0
        # Read by a later statement, so what the last holder numbered is seen as numbered.
        count, last = await number_visible(connection)
        if count:
            await connection.execute_query("SELECT pg_notify($1, $2)", [NUMBERED, str(last)])
        return count


async def take_turn(connection: BaseDBAsyncClient) -> bool:
    """Whether this transaction is the one that numbers, until it ends.

    The lock is given up with the transaction, and with the process; also by a host that has lost
    its power, or is held, which nobody would notice otherwise for hours.
    """
    [turn] = await connection.execute_query_dict(
        "SELECT pg_try_advisory_xact_lock($1) AS held, "
        "set_config('idle_in_transaction_session_timeout', $2, true)",
        [LOCK, f"{TURN_S}s"],
    )
    return bool(turn["held"])


class Sequencer:
    """Numbers entries as they are committed; every process runs one, and any may take over."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._bell = Bell(database, WRITTEN)

    async def run(self) -> None:
        """Until cancelled. Start it outside of any transaction; on SQLite it ends at once."""
        if self._database.dialect == "sqlite":
            return
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._bell.listen())
            tasks.create_task(self._number())

    async def _number(self) -> None:
        while True:
            try:
                await number(self._database)
            except Exception:
                # Whatever it is (a database that restarts, most likely), the journal goes on.
                logger.exception("numbering failed; trying again in %s s", _RETRY_S)
                await asyncio.sleep(_RETRY_S)
            await self._bell.wait()

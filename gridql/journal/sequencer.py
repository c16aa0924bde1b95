"""Gives committed entries their position: every process may, and each time one does (PostgreSQL).

Commits do not come in the order of ids: a reader that has passed id 11 would miss an id 10 that
commits later. So the position is given after the commit, by a statement of its own.
"""

from __future__ import annotations

import asyncio
import logging

from gridql.database import Database
from gridql.journal.bell import Bell
from gridql.journal.entry import WRITTEN
from gridql.journal.numbering import BATCH, Outpaced, number_visible

logger = logging.getLogger("gridql.journal")

_RETRY_S = 1.0

_STAND_BACK_S = 0.2
"""For so long a process leaves the work to the one that was faster, and then looks again."""


async def number(database: Database) -> int:
    """Number what is committed and has no position yet; how many entries that were.

    What others number meanwhile does not count. Does nothing on SQLite, where entries are numbered
    as they are written.
    """
    total, count = 0, BATCH
    while database.dialect == "postgres" and count == BATCH:
        try:
            count = await number_visible(database.connection())
        except Outpaced:
            continue
        total += count
    return total


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
                while await number_visible(self._database.connection()) == BATCH:
                    pass
            except Outpaced:
                await asyncio.sleep(_STAND_BACK_S)
                continue
            except Exception:  # a database that restarts, most likely; the journal goes on
                logger.exception("numbering failed; trying again in %s s", _RETRY_S)
                await asyncio.sleep(_RETRY_S)
            await self._bell.wait()

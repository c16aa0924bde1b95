"""What wakes the sequencer and the tail: a hint that something came, and a time limit as net."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from gridql.database import Database

with suppress(ImportError):  # the extra `postgres` is not installed; `database.connect` says so
    from gridql.journal.listener import listen

_POLL_S = {"sqlite": 0.05, "postgres": 0.2}
"""How long a lost hint can go unnoticed; on SQLite also how soon other processes are heard."""


class Bell:
    """Rung by this process, or on PostgreSQL by any that notifies `channel`."""

    def __init__(self, database: Database, channel: str) -> None:
        self._database = database
        self._channel = channel
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """End the present or the next `wait`."""
        self._rung.set()

    async def wait(self) -> None:
        """Until the bell is rung, or the polling interval is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_POLL_S[self._database.dialect]):
                await self._rung.wait()
        self._rung.clear()

    async def listen(self) -> None:
        """Pass notifications on for as long as this runs; on SQLite there are none."""
        if self._database.dialect == "postgres":
            await listen(self._database.url, self._channel, self.ring)

"""The server processes of one installation, which are killed and come back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from urllib.parse import urlsplit

from tests.acceptance.processes import Installation, Server
from tests.endurance.chronicle import Chronicle
from tests.endurance.proxy import Address


class Hosts:
    """So many server processes on one database."""

    def __init__(
        self, installation: Installation, count: int, chance: Random, chronicle: Chronicle
    ) -> None:
        self._installation = installation
        self._chance = chance
        self._chronicle = chronicle
        self._living: dict[int, Server] = {}
        self._all: list[Server] = []
        self._count = count
        self._returning: set[asyncio.Task[None]] = set()
        self._failed: list[BaseException] = []
        self.kills = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Hosts]:
        """All of them serve when this is entered; at its end each stops in order.

        None may have had any trouble, those that were killed until then.
        """
        try:
            await asyncio.gather(*map(self._start, range(self._count)))
            yield self
            await asyncio.gather(*self._returning)
            for server in self._living.values():
                assert await asyncio.to_thread(server.stop) == 0, server.said()
            for server in self._all:
                server.require_no_trouble()
        finally:
            await asyncio.gather(*self._returning, return_exceptions=True)
            for server in self._all:
                server.end()

    def addresses(self) -> list[Address]:
        """Where those that live take requests."""
        found = []
        for server in self._living.values():
            parts = urlsplit(server.url)
            assert parts.hostname and parts.port
            found.append((parts.hostname, parts.port))
        return found

    @property
    def complete(self) -> bool:
        """Whether all of them serve; raises what keeps one from coming back."""
        for failure in self._failed:
            raise failure
        return len(self._living) == self._count

    def kill(self) -> None:
        """End one of them, at every third time all, as a failing machine does; they come back."""
        numbers = sorted(self._living)
        if (self.kills + 1) % 3:
            numbers = [self._chance.choice(numbers)]
        for number in numbers:
            server = self._living.pop(number)
            server.kill()
            self.kills += 1
            self._chronicle.note(f"server {number} is killed")
            task = asyncio.create_task(self._start(number))
            self._returning.add(task)
            task.add_done_callback(self._returned)

    def _returned(self, task: asyncio.Task[None]) -> None:
        self._returning.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._failed.append(failure)

    async def _start(self, number: int) -> None:
        log = self._installation.folder / f"serve-{number}-{len(self._all)}.log"
        server = self._installation.start(log)
        self._all.append(server)
        begun = time.monotonic()
        await asyncio.to_thread(server.wait_for_address)
        self._living[number] = server
        self._chronicle.note(f"server {number} serves after {time.monotonic() - begun:.1f} s")

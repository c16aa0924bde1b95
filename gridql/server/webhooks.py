"""Webhooks of one process: which are its own to deliver, and a task for each of them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from gridql import clock
from gridql.access.accounts import Standing
from gridql.database import Database
from gridql.domain.agencies import delivery
from gridql.graph import single
from gridql.graph.context import Outlet, Wrong
from gridql.server.delivering import Delivery, Tools
from gridql.server.leasing import Lease, Seen
from gridql.server.parts import Parts
from gridql.server.pinning import Resolver
from gridql.server.sending import Sender
from gridql.settings import Settings

log = logging.getLogger("gridql.webhooks")

POLL_S = 1.0
CLAIMS = 100
"""Webhooks that are claimed in one go: between them the lease has to be renewed."""

SWEEP_EVERY_S = 3600.0
END_S = 3.0
"""How long letting go may take at the end; then others wait for the lease to run out."""


class Webhooks:
    """Delivers what this process has claimed, and claims what nobody delivers."""

    def __init__(self, settings: Settings, database: Database, sender: Sender) -> None:
        self.outlet = Outlet(self._faults, settings.webhook_private_addresses, self.wake)
        self._settings = settings
        self._database = database
        self._sender = sender
        self._lease = Lease(database)
        self._rung = asyncio.Event()
        self._served: asyncio.Future[Parts] = asyncio.get_running_loop().create_future()
        self._deliveries: dict[int, tuple[Delivery, asyncio.Task[None]]] = {}
        self._sweep_at = 0.0

    def serve(self, parts: Parts) -> None:
        """Deliver from these parts; nothing is delivered before."""
        self._served.set_result(parts)

    def wake(self) -> None:
        """Look at once for what was registered or changed, instead of at the next poll."""
        self._rung.set()

    async def run(self) -> None:
        """Until cancelled. Start it outside of any transaction."""
        tools = Tools(
            parts=await self._served,
            sender=self._sender,
            standing=Standing(self._database),
            pauses_s=self._settings.webhook_pauses_s,
            source=self._settings.public_url or "/gridql",
        )
        try:
            while True:
                try:
                    await self._look_round(tools)
                except Exception:  # a database that restarts, most likely
                    log.exception("webhooks wait for %s s", POLL_S)
                if not self._lease.held:
                    await self._drop_all()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._rung.wait(), POLL_S)
                self._rung.clear()
        finally:
            await self._end()

    def _faults(self, document: str) -> Sequence[Wrong]:
        return single.faults(self._served.result().engine, document)

    async def _look_round(self, tools: Tools) -> None:
        """Renew, claim, and see to it that each webhook of this process has its one task."""
        await self._sweep()
        seen = await self._lease.look()
        if not seen and not self._deliveries:
            return  # nothing is written for nothing
        if not await self._lease.renew():
            log.warning("this process was not heard of for too long: its webhooks begin anew")
            await self._drop_all()
            seen = await self._lease.look()
        mine = {each.webhook_id: each.version for each in seen if self._is_mine(each)}
        free = [each for each in seen if not self._is_mine(each)]
        for each in free[:CLAIMS]:
            if await self._lease.claim(each):
                mine[each.webhook_id] = each.version
        if len(free) > CLAIMS:
            self.wake()  # for the others, after another look at the lease
        for webhook_id, (running, task) in list(self._deliveries.items()):
            if task.done():
                del self._deliveries[webhook_id]
                if not task.cancelled() and (broken := task.exception()) is not None:
                    log.error("delivering webhook %d broke", webhook_id, exc_info=broken)
            elif mine.get(webhook_id) != running.version:
                # Also where it is not in the list any more: it will find out why.
                running.stir(mine.get(webhook_id, running.version))
        for webhook_id in mine.keys() - self._deliveries.keys():
            running = Delivery(webhook_id, self._lease, mine[webhook_id], tools)
            task = asyncio.create_task(running.run(), name=f"webhook {webhook_id}")
            self._deliveries[webhook_id] = running, task

    def _is_mine(self, seen: Seen) -> bool:
        return seen.claimed_by == self._lease.name

    async def _sweep(self) -> None:
        """Shorten the log by a piece: a long one must not keep the lease from being renewed."""
        now = time.monotonic()
        if now >= self._sweep_at:
            self._sweep_at = now + SWEEP_EVERY_S
            if await delivery.sweep(clock.now() - delivery.KEPT) == delivery.SWEPT_AT_ONCE:
                self._sweep_at = now

    async def _drop_all(self) -> None:
        """Stop all that is under way: it may be another's by now."""
        tasks = [task for _, task in self._deliveries.values()]
        self._deliveries.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _end(self) -> None:
        await self._drop_all()
        try:
            async with asyncio.timeout(END_S):
                await self._lease.end()
        except Exception as error:  # what is not let go runs out by itself
            log.warning("webhooks were not let go: %r", error)
        await self._sender.close()


@asynccontextmanager
async def delivering(settings: Settings, database: Database) -> AsyncIterator[Webhooks]:
    """The webhooks of this process, with what they send by."""
    resolver = Resolver()
    try:
        yield Webhooks(
            settings,
            database,
            Sender(resolver, private_addresses=settings.webhook_private_addresses),
        )
    finally:
        resolver.close()

"""The play: servers behind proxies, writers before them, subscribers, and what disturbs them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from gridql.access.roles import Role
from gridql.database import Database
from tests.acceptance.processes import Installation
from tests.acceptance.town import DISTRICT, Town, town_of
from tests.endurance import truth
from tests.endurance.chronicle import Chronicle
from tests.endurance.hosts import Hosts
from tests.endurance.plan import WRITERS, Plan
from tests.endurance.proxy import Proxy
from tests.endurance.subscribers import Subscriber
from tests.endurance.told import Audience
from tests.endurance.ways import Polling, ServerSentEvents, WebSockets
from tests.endurance.writers import Street, Work, Writer

_LOOK_S = 0.05
_PATIENCE_S = 20
"""How long nobody hears of anything new, until whoever waits for more waits no longer."""

_SETTLE_S = 1.0
"""For what should not come to come."""


@dataclass
class Stage:
    """Everything that takes part in one play."""

    plan: Plan
    chronicle: Chronicle
    database: Database
    hosts: Hosts
    readers: Proxy
    """Between subscribers and servers."""
    callers: Proxy
    """Between writers and servers."""
    subscribers: Sequence[Subscriber]
    writers: Sequence[Writer]
    work: Work

    async def play(self) -> None:
        """Let everybody act until all is written, all disturbed and everybody has caught up."""
        async with asyncio.TaskGroup() as followers:
            following = [followers.create_task(each.run()) for each in self.subscribers]
            async with asyncio.TaskGroup() as acting:
                for writer in self.writers:
                    acting.create_task(writer.run())
                acting.create_task(self._disturb())
            await self._catch_up()
            for task in following:
                task.cancel()

    async def _disturb(self) -> None:
        """Cut and kill as much as belongs to what was written; say when enough was written."""
        plan = self.plan
        while True:
            share = len(self.work.acknowledged) / plan.events
            done = self.readers.cuts >= plan.cuts and self.hosts.kills >= plan.kills
            if share >= 1 and done and self.hosts.complete:
                self.work.over.set()
                return
            if self.readers.cuts + self.readers.doomed < min(share, 1) * plan.cuts:
                self.readers.cut()
            if self.callers.cuts + self.callers.doomed < min(share, 1) * plan.cuts / 4:
                self.callers.cut()
            if self.hosts.complete and self.hosts.kills < min(share, 1) * plan.kills - 0.5:
                self.hosts.kill()
            await asyncio.sleep(_LOOK_S)

    async def _catch_up(self) -> None:
        """Until everybody has heard of the last of their events, or nobody hears anything more."""
        events = (await truth.journal(self.database)).values()
        last = {
            each: max(e.position for e in events if each.audience.entitled(e))
            for each in self.subscribers
        }
        heard, since = 0, time.monotonic()
        while any(not each.told or each.told[-1].position < last[each] for each in last):
            await asyncio.sleep(_LOOK_S)
            now = sum(len(each.told) for each in self.subscribers)
            if now != heard:
                heard, since = now, time.monotonic()
            elif time.monotonic() - since > _PATIENCE_S:
                return
        await asyncio.sleep(_SETTLE_S)


@asynccontextmanager
async def staged(installation: Installation, processes: int, plan: Plan) -> AsyncIterator[Stage]:
    """A town of two streets, everybody at their place; nothing has begun."""
    chronicle = Chronicle()
    async with AsyncExitStack() as stack:
        hosts = Hosts(installation, processes, plan.chance("hosts"), chronicle)
        await stack.enter_async_context(hosts.serving())
        readers, callers = [
            await stack.enter_async_context(
                Proxy(name, hosts.addresses, plan.chance(name), chronicle).listening()
            )
            for name in ("subscribers", "writers")
        ]
        town = await stack.enter_async_context(town_of(callers.url, installation.database_url))
        audiences, streets = await _people(town)
        work = Work()
        yield Stage(
            plan,
            chronicle,
            town.database,
            hosts,
            readers,
            callers,
            [
                Subscriber(way, audience, plan.chance((way.name, audience.name)))
                for way in (make(readers.url) for make in (WebSockets, ServerSentEvents, Polling))
                for audience in audiences
            ],
            [
                Writer(streets[number % len(streets)], work, plan.chance(("writer", number)))
                for number in range(WRITERS)
            ],
            work,
        )


async def _people(town: Town) -> tuple[Sequence[Audience], Sequence[Street]]:
    here, there = await town.street(), await town.street()
    streets = [
        Street((each.grid, each.other_grid), each.shop, await town.someone(Role.STREET, each.code))
        for each in (here, there)
    ]

    async def agency(name: str, scope: str, **more: Any) -> Audience:
        caller = await town.someone(Role.AGENCY, scope)
        assert caller.token is not None
        return Audience(name, caller.token, scope, **more)

    audiences = [
        await agency("of the district", DISTRICT),
        await agency("of the district, slow", DISTRICT, slow=True),
        await agency("of one street", here.code),
        await agency(
            "of the other street, grave ones",
            there.code,
            filter={"severity": ["SERIOUS", "SUSPECTED_MAJOR"]},
        ),
        await agency(
            "of the district, closed in one grid",
            DISTRICT,
            filter={"under": here.grid, "kind": ["CLOSED"]},
        ),
    ]
    return audiences, streets

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
from tests.acceptance.callers import Caller
from tests.acceptance.processes import Installation
from tests.acceptance.town import DISTRICT, Town, town_of
from tests.endurance import truth
from tests.endurance.chronicle import Chronicle
from tests.endurance.endpoints import Endpoint, Office, office
from tests.endurance.hosts import Hosts
from tests.endurance.plan import WRITERS, Plan
from tests.endurance.proxy import Proxy
from tests.endurance.subscribers import Listener, Subscriber
from tests.endurance.told import Audience
from tests.endurance.ways import Polling, ServerSentEvents, WebSockets
from tests.endurance.writers import DEPARTMENT, Street, Work, Writer

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
    endpoints: Sequence[Endpoint]
    office: Office
    writers: Sequence[Writer]
    work: Work
    written_s: float = 0.0
    """How long the writing took, with all that disturbed it."""
    told_s: float = 0.0
    """How long it took until everybody was told."""

    @property
    def listeners(self) -> list[Listener]:
        """All who are told of events, by every way."""
        return [*self.subscribers, *self.endpoints]

    async def play(self) -> None:
        """Let everybody act until all is written, all disturbed and everybody has caught up."""
        begun = time.monotonic()
        async with asyncio.TaskGroup() as followers:
            following = [followers.create_task(each.run()) for each in self.subscribers]
            async with asyncio.TaskGroup() as acting:
                for writer in self.writers:
                    acting.create_task(writer.run())
                acting.create_task(self._disturb())
                acting.create_task(self._leave_the_office())
            self.written_s = time.monotonic() - begun
            await self._catch_up()
            self.told_s = time.monotonic() - begun
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
            for beside in (self.callers, self.office.proxy):
                if beside.cuts + beside.doomed < min(share, 1) * plan.cuts / 4:
                    beside.cut()
            if self.hosts.complete and self.hosts.kills < min(share, 1) * plan.kills - 0.5:
                self.hosts.kill()
            await asyncio.sleep(_LOOK_S)

    async def _leave_the_office(self) -> None:
        for share in (1 / 3, 2 / 3):
            while len(self.work.acknowledged) < share * self.plan.events:
                await asyncio.sleep(_LOOK_S)
            await self.office.be_away()

    async def _catch_up(self) -> None:
        """Until everybody has heard of the last of their events, or nobody hears anything more."""
        events = (await truth.journal(self.database)).values()
        last = {
            each: max(e.position for e in events if each.audience.entitled(e))
            for each in self.listeners
        }
        heard, since = 0, time.monotonic()
        while any(not each.told or each.told[-1].position < last[each] for each in last):
            await asyncio.sleep(_LOOK_S)
            now = sum(len(each.told) for each in last)
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
        endpoints = [
            Endpoint(audience, number, plan.chance(("endpoint", number)))
            for number, audience in enumerate(audiences)
            if not audience.slow
        ]
        there = await stack.enter_async_context(
            office({each.path: each for each in endpoints}, plan.chance("office"), chronicle)
        )
        for each in endpoints:
            await each.register(Caller(town.http, each.audience.token), there.proxy.url)
        work = Work()
        yield Stage(
            plan=plan,
            chronicle=chronicle,
            database=town.database,
            hosts=hosts,
            readers=readers,
            callers=callers,
            subscribers=[
                Subscriber(way, audience, plan.chance((way.name, audience.name)))
                for way in (make(readers.url) for make in (WebSockets, ServerSentEvents, Polling))
                for audience in audiences
            ],
            endpoints=endpoints,
            office=there,
            writers=[
                Writer(streets[number % len(streets)], work, plan.chance(("writer", number)))
                for number in range(WRITERS)
            ],
            work=work,
        )


async def _people(town: Town) -> tuple[Sequence[Audience], Sequence[Street]]:
    here, there = await town.street(), await town.street()
    department = await town.someone(Role.DEPARTMENT, DISTRICT, department=DEPARTMENT)
    streets = [
        Street(
            (each.grid, each.other_grid),
            each.shop,
            await town.someone(Role.STREET, each.code),
            department,
        )
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

"""Several servers on one PostgreSQL: what is committed through one is told by all."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
import httpx
import pytest

from gridql.access.roles import Role
from gridql.journal.listener import APPLICATION
from tests.acceptance.callers import Caller, Follower
from tests.acceptance.processes import Installation, Server
from tests.acceptance.shop import REPORT, UPDATES
from tests.acceptance.town import Street, town_of

pytestmark = pytest.mark.parametrize("dialect", ["postgres"], indirect=True)

MANY = 30
WITHIN_S = 0.1

LISTENERS = f"""SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = '{APPLICATION}'"""


@dataclass(frozen=True)
class Host:
    """One server, and the same two people there: who reports, and who follows."""

    server: Server
    worker: Caller
    agency: Caller


@dataclass(frozen=True)
class Delay:
    """Seconds until a follower has heard of a report."""

    since_asked: float
    since_answered: float


@pytest.fixture
def servers(installation: Installation, tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    """Two servers, each with a folder of its own."""
    other = Installation(tmp_path / "other", installation.database_url)
    other.folder.mkdir()
    with installation.serving() as first:
        # What the one has sealed the other has to open.
        shutil.copy(installation.folder / "vault.key", other.folder)
        with other.serving() as second:
            yield first, second


@asynccontextmanager
async def hosts_of(*servers: Server, database_url: str) -> AsyncIterator[tuple[Street, list[Host]]]:
    """A street, and its grid worker and its agency at each of the servers."""
    async with AsyncExitStack() as stack:
        town = await stack.enter_async_context(town_of(servers[0].url, database_url))
        street = await town.street()
        worker = await town.worker(street)
        agency = await town.someone(Role.AGENCY, street.code)
        hosts = []
        for server in servers:
            client = httpx.AsyncClient(base_url=server.url, timeout=30, trust_env=False)
            http = await stack.enter_async_context(client)
            hosts.append(Host(server, worker.at(http), agency.at(http)))
        yield street, hosts


async def report(worker: Caller, street: Street, title: str = "电线裸露") -> float:
    """Report a hazard; when that was answered."""
    payload = await worker.do(
        REPORT, title=title, severity="MINOR", category="ELECTRIC", gridCode=street.grid
    )
    assert payload["problems"] == []
    return now()


def now() -> float:
    return asyncio.get_running_loop().time()


async def heard(updates: Follower) -> float:
    """When the next update has come."""
    await updates.take(1)
    return now()


async def delay(updates: Follower, worker: Caller, street: Street) -> Delay:
    """How long it takes until a report is heard of."""
    hearing = asyncio.create_task(heard(updates))
    asked = now()
    answered = await report(worker, street)
    arrived = await hearing
    return Delay(arrived - asked, arrived - answered)


def show(figures: dict[str, Any]) -> None:
    """For whoever runs the tests with `-s`."""
    sys.stdout.write(f"{json.dumps(figures)}\n")


def told(way: str, delays: list[Delay]) -> float:
    """The median since the answer, shown with the rest."""
    answered = sorted(each.since_answered * 1000 for each in delays)
    asked = sorted(each.since_asked * 1000 for each in delays)
    figures = {
        "way": way,
        "reports": len(delays),
        "since_answered_ms": [round(each, 1) for each in (median(answered), answered[-1])],
        "since_asked_ms": [round(each, 1) for each in (median(asked), asked[-1])],
    }
    show(figures)
    return median(answered) / 1000


async def test_what_one_host_commits_the_other_tells_at_once(
    installation: Installation, servers: tuple[Server, Server]
) -> None:
    async with hosts_of(*servers, database_url=installation.database_url) as (street, hosts):
        for here, there in (hosts, hosts[::-1]):
            async with there.agency.follow(UPDATES) as updates:
                delays = [await delay(updates, here.worker, street) for _ in range(MANY)]
            assert told("host to host", delays) < WITHIN_S


async def test_what_one_worker_commits_all_tell_at_once(installation: Installation) -> None:
    with installation.serving("--workers", "2") as server:
        async with hosts_of(server, database_url=installation.database_url) as (street, [host]):
            delays = []
            for _ in range(6):  # on one worker or the other
                async with host.agency.follow(UPDATES) as updates:
                    delays += [await delay(updates, host.worker, street) for _ in range(5)]
    assert told("worker to worker", delays) < WITHIN_S


async def test_a_listener_that_is_lost_loses_nothing_and_comes_back(
    installation: Installation, servers: tuple[Server, Server]
) -> None:
    database = await asyncpg.connect(installation.database_url)
    try:
        async with hosts_of(*servers, database_url=installation.database_url) as (street, hosts):
            here, there = hosts
            async with there.agency.follow(UPDATES) as updates:
                before = await listening(database, lost=set())
                delays = []
                for _ in range(5):
                    for pid in await listening(database, lost=set()):
                        await database.execute("SELECT pg_terminate_backend($1)", pid)
                    # Polling is the net.
                    delays.append(await delay(updates, here.worker, street))
                assert told("without listeners", delays) < 1
                await listening(database, lost=before)
                delays = [await delay(updates, here.worker, street) for _ in range(MANY)]
                assert told("after they came back", delays) < WITHIN_S
    finally:
        await database.close()


async def listening(database: asyncpg.Connection, lost: set[int]) -> set[int]:
    """The listeners, once both servers have the two of theirs, and none of those lost is left."""
    async with asyncio.timeout(20):
        while True:
            pids = {row["pid"] for row in await database.fetch(LISTENERS)}
            if len(pids) == 4 and not pids & lost:
                return pids
            await asyncio.sleep(0.05)


async def test_numbering_goes_on_when_the_process_that_does_it_is_killed(
    installation: Installation, servers: tuple[Server, Server]
) -> None:
    async with hosts_of(*servers, database_url=installation.database_url) as (street, hosts):
        here, there = hosts
        async with there.agency.follow(UPDATES) as updates:
            # Given a host that is in the middle of it: many report through it at once
            storm = [asyncio.create_task(report(here.worker, street, f"{n}")) for n in range(40)]
            await updates.take(5)
            here.server.kill()
            answered = await asyncio.gather(*storm, return_exceptions=True)
            kept = sum(isinstance(each, float) for each in answered)

            # Then what comes through the other is numbered without a pause
            hearing = asyncio.create_task(until_heard(updates, "最后"))
            began = await report(there.worker, street, "最后")
            titles, arrived = await hearing
            show({"way": "takeover", "ms": round((arrived - began) * 1000, 1)})
            assert arrived - began < 2

            # and nothing of what was answered is lost
            page = await there.agency.ask(
                "query ($n: Int!) { hazards(first: $n) { totalCount } }", n=1
            )
            assert len(titles) + 5 == page["hazards"]["totalCount"] > kept


async def until_heard(updates: Follower, title: str) -> tuple[list[Any], float]:
    """The titles of all updates up to this one, and when it came."""
    titles: list[Any] = []
    while title not in titles:
        titles += [each["hazard"]["title"] for each in await updates.take(1)]
    return titles, now()

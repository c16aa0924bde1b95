"""Many at once, and an end in order while they are all there."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

from gridql.access.roles import Role
from gridql.server.serving import SHUTDOWN_TIMEOUT_S
from tests.acceptance.processes import Installation
from tests.acceptance.shop import REPORT, UPDATES, titles
from tests.acceptance.town import town_of

READERS = 180
WRITERS = 20
FOLLOWERS = 50

GRID = """
query Grid($code: String!) {
  grid(code: $code) {
    name
    community { name path { name } }
    places { totalCount edges { node { name } } }
    households { edges { node { address residents { edges { node { name } } } } } }
    hazards(first: 5) { edges { node { title events(last: 3) { edges { node { kind } } } } } }
  }
}
"""


async def test_many_at_once_and_an_orderly_end(installation: Installation) -> None:
    with installation.serving() as server:
        async with (
            town_of(server.url, installation.database_url) as town,
            AsyncExitStack() as followed,
        ):
            street = await town.street()
            worker = await town.worker(street)
            agency = await town.someone(Role.AGENCY, street.code)
            followers = [
                await followed.enter_async_context(agency.follow(UPDATES)) for _ in range(FOLLOWERS)
            ]

            # When readers and writers come all at once
            async with asyncio.TaskGroup() as crowd:
                reads = [
                    crowd.create_task(worker.ask(GRID, code=street.grid)) for _ in range(READERS)
                ]
                writes = [
                    crowd.create_task(
                        worker.do(
                            REPORT,
                            title=f"隐患 {number}",
                            severity="MINOR",
                            category="ROAD",
                            gridCode=street.grid,
                        )
                    )
                    for number in range(WRITERS)
                ]
                told = [crowd.create_task(each.take(WRITERS)) for each in followers]

            # Then each is answered, and every follower is told the same in the same order
            for read in reads:
                assert read.result()["grid"]["places"]["totalCount"] == 1
            assert all(write.result()["problems"] == [] for write in writes)
            first = told[0].result()
            assert sorted(titles(first)) == sorted(f"隐患 {n}" for n in range(WRITERS))
            assert all(each.result() == first for each in told)

            # When the server is told to end, then it tells its followers and does so at once
            asked = time.monotonic()
            closings = [asyncio.create_task(each.until_closed()) for each in followers]
            assert await asyncio.to_thread(server.stop) == 0, server.said()
            assert time.monotonic() - asked < SHUTDOWN_TIMEOUT_S
            assert set(await asyncio.gather(*closings)) == {1012}

"""Transactions that commit in another order than they began in, through the real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from gridql import clock
from gridql.access.roles import Role
from gridql.database import transaction
from gridql.domain.hazards import settling
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.settling import PastClosing
from gridql.journal.models import Entry
from tests.acceptance.callers import Caller
from tests.acceptance.processes import Installation
from tests.acceptance.shop import REPORT, UPDATES, titles
from tests.acceptance.town import town_of

pytestmark = pytest.mark.parametrize("dialect", ["postgres"], indirect=True)

EVENTS = """
query Events($after: Cursor) {
  hazardEvents(after: $after) { edges { cursor node { kind revision hazard { title } } } }
}
"""

GATE = 4711
"""An advisory lock: who has it keeps the transactions that come late from committing."""

HELD_AT_COMMIT = f"""
CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared({GATE});
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON hazard DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.title = '先开始') EXECUTE FUNCTION wait_at_commit();
"""
"""Everything is written by then: only the commit is missing."""

ITS_TRANSACTION = "SELECT xmin::text::bigint FROM hazard WHERE id = $1"

WAITING = f"SELECT count(*) FROM pg_locks WHERE objid = {GATE} AND NOT granted"


@pytest.fixture
async def database(installation: Installation) -> AsyncIterator[asyncpg.Connection]:
    """A connection beside the server's."""
    opened = await asyncpg.connect(installation.database_url)
    try:
        yield opened
    finally:
        await opened.close()


async def test_what_begins_first_and_commits_last_is_not_skipped(
    installation: Installation, database: asyncpg.Connection
) -> None:
    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            street = await town.street()
            worker = await town.worker(street)
            agency = await town.someone(Role.AGENCY, street.code)
            await database.execute(HELD_AT_COMMIT)
            await database.execute("SELECT pg_advisory_lock($1)", GATE)
            async with agency.follow(UPDATES) as updates:
                # Given a report that has written everything and not committed
                late = asyncio.create_task(report(worker, "先开始", street.grid))
                async with asyncio.timeout(20):
                    while not await database.fetchval(WAITING):
                        await asyncio.sleep(0.02)

                # When another one begins after it, and the cursor moves past that
                await report(worker, "后开始", street.grid)
                [seen] = await updates.take(1)
                assert titles([seen]) == ["后开始"]
                assert titles(await events(agency)) == ["后开始"]
                async with agency.follow(UPDATES, after=seen["cursor"]) as resumed:
                    # Then the first one comes behind it, on every way
                    await database.execute("SELECT pg_advisory_unlock($1)", GATE)
                    await late
                    for each in (updates, resumed):
                        [missed] = await each.take(1)
                        assert titles([missed]) == ["先开始"]
                        assert int(missed["cursor"]) > int(seen["cursor"])
                assert titles(await events(agency, after=seen["cursor"])) == ["先开始"]
                assert titles(await events(agency)) == ["后开始", "先开始"]

            first = await Entry.get(position=int(seen["cursor"]))
            second = await Entry.get(position=int(missed["cursor"]))
            assert second.id < first.id


async def test_what_happens_to_one_hazard_comes_in_the_order_in_which_it_happened(
    installation: Installation, database: asyncpg.Connection
) -> None:
    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            street = await town.street()
            worker = await town.worker(street)
            agency = await town.someone(Role.AGENCY, street.code)
            async with agency.follow(UPDATES) as updates:
                # Given a transaction that has its number before the hazard is there
                async with transaction() as connection:
                    [mine] = await connection.execute_query_dict("SELECT txid_current() AS id")
                    await report(worker, "楼道堆物", street.grid)
                    [reported] = await updates.take(1)
                    hazard = await Hazard.get(title="楼道堆物")
                    assert mine["id"] < await database.fetchval(ITS_TRANSACTION, hazard.id)
                    # When it is the second to change it, and to commit
                    await settling.close(None, [PastClosing(hazard.id, clock.now(), "已清理")])

                [closed] = await updates.take(1)
                told = [(each["kind"], each["revision"]) for each in (reported, closed)]
                assert told == [("REPORTED", 1), ("CLOSED", 2)]
                listed = [(each["kind"], each["revision"]) for each in await events(agency)]
                assert listed == told


async def report(worker: Caller, title: str, grid: str) -> None:
    payload = await worker.do(REPORT, title=title, severity="MINOR", category="EXIT", gridCode=grid)
    assert payload["problems"] == []


async def events(agency: Caller, **which: Any) -> list[Any]:
    page = await agency.ask(EVENTS, **which)
    return [edge["node"] for edge in page["hazardEvents"]["edges"]]

"""A follower who was away for too long is told so, whichever way it comes back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from gridql.access.roles import Role
from gridql.journal.models import Entry
from tests.acceptance.callers import Caller
from tests.acceptance.processes import Installation
from tests.acceptance.shop import REPORT, UPDATES, titles
from tests.acceptance.town import town_of

EVENTS = """
query Events($after: Cursor, $before: Cursor, $last: Int) {
  hazardEvents(after: $after, before: $before, last: $last) {
    edges { cursor node { hazard { title } } }
  }
}
"""

OLDER = "The cursor is older than the 30 days that followers may be away"
BEYOND = "The cursor lies beyond the end of the journal"


async def test_a_cursor_is_good_for_thirty_days(installation: Installation) -> None:
    # Given three hazards, two of which were reported a month ago
    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            street = await town.street()
            worker = await town.worker(street)
            agency = await town.someone(Role.AGENCY, street.code)
            for title in ("一", "二", "三"):
                payload = await worker.do(REPORT, **hazard(title, street.grid))
                assert payload["problems"] == []
            # On PostgreSQL it takes some milliseconds until the last has its place in the journal.
            async with asyncio.timeout(5):
                while len(page := (await agency.ask(EVENTS))["hazardEvents"]["edges"]) < 3:
                    await asyncio.sleep(0.01)
            first, second, third = [edge["cursor"] for edge in page]
            month = datetime.now(UTC) - timedelta(days=30, minutes=1)
            await Entry.filter(position__lte=int(second)).update(recorded_at=month)

    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            agency = agency.at(town.http)

            # Then the last of the old ones is where a follower can go on from
            async with agency.follow(UPDATES, after=second) as updates:
                assert titles(await updates.take(1)) == ["三"]
            assert await listed(agency, after=second) == ["三"]

            # and one that stopped before is told to begin anew, as is one from another journal
            for cursor, message in ((first, OLDER), ("0", OLDER), (f"{third}0", BEYOND)):
                for errors in (await followed(agency, cursor), await asked(agency, cursor)):
                    assert errors[0]["extensions"] == {"code": "CURSOR_EXPIRED"}
                    assert errors[0]["message"].startswith(message)
            [told] = await asked(agency.speaking("zh"), first)
            assert told["message"] == (
                "游标已超过 30 天的保留期，请从 journalEnd 重新开始，并用 hazards 查询补上现状。"
            )

            # but nothing of the past is gone
            assert await listed(agency) == ["一", "二", "三"]
            assert await listed(agency, before=third, last=2) == ["一", "二"]


def hazard(title: str, grid: str) -> dict[str, Any]:
    return {"title": title, "severity": "SERIOUS", "category": "ELECTRIC", "gridCode": grid}


async def listed(agency: Caller, **which: Any) -> list[str]:
    page = (await agency.ask(EVENTS, **which))["hazardEvents"]
    return titles([edge["node"] for edge in page["edges"]])


async def asked(agency: Caller, after: str) -> list[Any]:
    body = (await agency.post(EVENTS, after=after)).json()
    assert body["data"] is None
    errors: list[Any] = body["errors"]
    return errors


async def followed(agency: Caller, after: str) -> list[Any]:
    async with agency.follow(UPDATES, after=after) as updates:
        return await updates.refusal()

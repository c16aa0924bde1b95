"""Visits and hazards by hand, with what the journal tells about them."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from gridql.access.roles import Role
from tests.acceptance.callers import Caller
from tests.acceptance.shop import REPORT, UPDATES, titles
from tests.acceptance.town import Street, Town

VISIT = """
mutation Visit($input: RecordVisitInput!) {
  recordVisit(input: $input) {
    visit {
      id clientId kind outcome visitedAt note
      household { address lastVisitedAt }
      place { name }
      worker { name }
      grid { code }
    }
    problems { code path message }
  }
}
"""

CLOSE = """
mutation Close($input: CloseHazardInput!) {
  closeHazard(input: $input) {
    hazard { id status revision closedAt }
    problems { code path message }
  }
}
"""

HISTORY = """
query History($id: ID!) {
  hazard(id: $id) {
    status revision
    events { edges { node { kind from to revision note } } }
  }
}
"""

HOME = "query Home($id: ID!) { household(id: $id) { lastVisitedAt visits { totalCount } } }"


async def test_a_visit_moves_when_the_home_was_last_visited(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)
    assert await home(worker, street) == (None, 0)

    met = await worker.do(VISIT, **call(street, "MET", "2026-05-01T09:30:00+08:00"))
    assert met["problems"] == []
    assert met["visit"]["household"] == {
        "address": "泉边路 2 号 301",
        "lastVisitedAt": "2026-05-01T01:30:00+00:00",
    }
    assert met["visit"]["worker"] == {"name": "王芳"}
    assert met["visit"]["grid"] == {"code": street.grid}
    assert await home(worker, street) == ("2026-05-01T01:30:00+00:00", 1)

    # Nobody met, and a visit that is handed in late: it stays as it is.
    await worker.do(VISIT, **call(street, "NO_ANSWER", "2026-05-03T02:00:00Z"))
    await worker.do(VISIT, **call(street, "MET", "2026-04-01T02:00:00Z"))
    assert await home(worker, street) == ("2026-05-01T01:30:00+00:00", 3)

    await worker.do(VISIT, **call(street, "PROXY_MET", "2026-05-04T02:00:00Z"))
    assert await home(worker, street) == ("2026-05-04T02:00:00+00:00", 4)


async def test_a_visit_sent_twice_is_recorded_once(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)
    visit = call(street, "MET", "2026-05-01T01:30:00Z")

    first = await worker.do(VISIT, **visit)
    second = await worker.do(VISIT, **visit)
    other = await worker.do(VISIT, **{**visit, "outcome": "REFUSED"})

    assert second["visit"]["id"] == first["visit"]["id"]
    assert [(each["code"], each["path"]) for each in other["problems"]] == [
        ("CONFLICT", "/clientId")
    ]
    assert await home(worker, street) == ("2026-05-01T01:30:00+00:00", 1)


async def test_a_visit_that_cannot_be(town: Town) -> None:
    street, elsewhere = await town.street(), await town.street()
    worker = await town.worker(street)

    unfit = await worker.do(
        VISIT,
        clientId=str(uuid4()),
        kind="PATROL",
        outcome="MET",
        householdId=elsewhere.home,
        visitedAt="2999-01-01T00:00:00Z",
    )

    assert unfit["visit"] is None
    assert [(each["code"], each["path"]) for each in unfit["problems"]] == [
        ("INVALID", "/kind"),
        ("INVALID", "/visitedAt"),
        ("NOT_FOUND", "/householdId"),
    ]


async def test_a_hazard_from_report_to_close(town: Town) -> None:
    # Given an agency that follows the street
    street = await town.street()
    worker = await town.worker(street)
    office = await town.someone(Role.COMMUNITY, street.community)
    agency = await town.someone(Role.AGENCY, street.code)
    async with agency.follow(UPDATES) as updates:
        # When the grid worker visits the shop, reports a hazard there, and the office closes it
        await worker.do(
            VISIT, clientId=str(uuid4()), kind="PATROL", outcome="MET", placeId=street.shop
        )
        reported = await worker.do(
            REPORT,
            clientId=str(uuid4()),
            title="货架旁电线裸露",
            severity="SERIOUS",
            category="ELECTRICAL",
            placeId=street.shop,
            dueAt="2999-01-01T00:00:00Z",
        )
        hazard_id = reported["hazard"]["id"]
        closed = await office.do(CLOSE, hazardId=hazard_id, note="已重新布线", expectedRevision=1)

        # Then the agency is told of both, and not of the visit
        opening, closing = await updates.take(2)

    assert reported["hazard"] == {
        "id": hazard_id,
        "title": "货架旁电线裸露",
        "severity": "SERIOUS",
        "status": "REPORTED",
        "grid": {"code": street.grid},
        "reportedBy": {"name": "王芳"},
    }
    assert closed["problems"] == []
    assert (closed["hazard"]["status"], closed["hazard"]["revision"]) == ("CLOSED", 2)
    assert closed["hazard"]["closedAt"] is not None
    assert titles([opening, closing]) == ["货架旁电线裸露"] * 2
    assert opening["hazard"]["dueAt"] == "2999-01-01T00:00:00+00:00"
    assert [(each["kind"], each["from"], each["to"]) for each in (opening, closing)] == [
        ("REPORTED", None, "REPORTED"),
        ("CLOSED", "REPORTED", "CLOSED"),
    ]
    history = (await worker.ask(HISTORY, id=hazard_id))["hazard"]
    assert (history["status"], history["revision"]) == ("CLOSED", 2)
    assert [edge["node"] for edge in history["events"]["edges"]] == [
        {"kind": "REPORTED", "from": None, "to": "REPORTED", "revision": 1, "note": None},
        {"kind": "CLOSED", "from": "REPORTED", "to": "CLOSED", "revision": 2, "note": "已重新布线"},
    ]


async def test_only_closings_for_one_department(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)
    office = await town.someone(Role.STREET, street.code)
    department = await town.someone(Role.DEPARTMENT, street.code, department="FIRE_RESCUE")
    auditor = await town.someone(Role.AUDITOR, street.code)
    closings = auditor.follow(UPDATES, filter={"kind": ["CLOSED"], "department": ["FIRE_RESCUE"]})

    async with department.follow(UPDATES) as theirs, closings as closed:
        for title, code in (("垃圾堆积", "URBAN_MANAGEMENT"), ("消防通道占用", "FIRE_RESCUE")):
            reported = await worker.do(
                REPORT,
                title=title,
                severity="MINOR",
                category="FIRE_LANE",
                gridCode=street.grid,
                department=code,
            )
            payload = await office.do(CLOSE, hazardId=reported["hazard"]["id"])
            assert payload["problems"] == []

        assert titles(await theirs.take(2)) == ["消防通道占用"] * 2
        assert titles(await closed.take(1)) == ["消防通道占用"]


async def test_what_cannot_be_closed(town: Town) -> None:
    street, elsewhere = await town.street(), await town.street()
    worker = await town.worker(street)
    office = await town.someone(Role.STREET, street.code)
    stranger = await town.someone(Role.STREET, elsewhere.code)
    report = {"title": "井盖缺失", "severity": "MINOR", "category": "ROAD"}
    reported = await worker.do(REPORT, **report, gridCode=street.grid)
    hazard_id = reported["hazard"]["id"]

    assert await refused(worker, hazardId=hazard_id) == [("FORBIDDEN", None)]
    assert await refused(stranger, hazardId=hazard_id) == [("NOT_FOUND", "/hazardId")]
    assert await refused(office, hazardId="Hazard:999999999") == [("NOT_FOUND", "/hazardId")]
    assert await refused(office, hazardId=street.shop) == [("NOT_FOUND", "/hazardId")]
    stale = await office.do(CLOSE, hazardId=hazard_id, expectedRevision=2)
    assert [(each["code"], each["path"]) for each in stale["problems"]] == [
        ("STALE", "/expectedRevision")
    ]
    # With this problem alone the hazard comes along, as it is now.
    assert (stale["hazard"]["status"], stale["hazard"]["revision"]) == ("REPORTED", 1)
    assert (await office.do(CLOSE, hazardId=hazard_id))["problems"] == []
    assert await refused(office, hazardId=hazard_id) == [("CONFLICT", "/hazardId")]


async def test_of_many_who_close_a_hazard_at_once_one_does(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)
    office = await town.someone(Role.STREET, street.code)
    reported = await worker.do(
        REPORT, title="井盖缺失", severity="MINOR", category="ROAD", gridCode=street.grid
    )
    hazard_id = reported["hazard"]["id"]

    payloads = await asyncio.gather(*(office.do(CLOSE, hazardId=hazard_id) for _ in range(6)))

    codes = [each["code"] for payload in payloads for each in payload["problems"]]
    # Stale for those who have waited for the first one, a conflict for whoever comes afterwards.
    assert len(codes) == 5
    assert {*codes} <= {"STALE", "CONFLICT"}
    history = (await worker.ask(HISTORY, id=hazard_id))["hazard"]
    assert [edge["node"]["kind"] for edge in history["events"]["edges"]] == ["REPORTED", "CLOSED"]


async def test_a_report_that_cannot_be(town: Town) -> None:
    street, elsewhere = await town.street(), await town.street()
    worker = await town.worker(street)

    payload = await worker.do(
        REPORT,
        title=" ",
        severity="MAJOR",
        category="",
        gridCode=elsewhere.grid,
        placeId=street.shop,
    )

    assert payload["hazard"] is None
    assert [(each["code"], each["path"]) for each in payload["problems"]] == [
        ("INVALID", "/title"),
        ("INVALID", "/category"),
        ("INVALID", "/severity"),
        ("INVALID", None),
        ("NOT_FOUND", "/gridCode"),
    ]


def call(street: Street, outcome: str, visited_at: str) -> dict[str, Any]:
    """The input for a call at the home of a street."""
    return {
        "clientId": str(uuid4()),
        "kind": "HOUSEHOLD",
        "outcome": outcome,
        "householdId": street.home,
        "visitedAt": visited_at,
    }


async def home(caller: Caller, street: Street) -> tuple[str | None, int]:
    """When the home of a street was last visited, and how many visits there are."""
    household = (await caller.ask(HOME, id=street.home))["household"]
    return household["lastVisitedAt"], household["visits"]["totalCount"]


async def refused(caller: Caller, **input: Any) -> list[tuple[str, str | None]]:
    """Why a hazard is not closed."""
    payload = await caller.do(CLOSE, **input)
    assert payload["hazard"] is None
    return [(each["code"], each["path"]) for each in payload["problems"]]

"""The main job: a checklist with failing answers becomes hazards, and partners are told of them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from gridql.access.roles import Role
from tests.acceptance.processes import Installation
from tests.acceptance.shop import (
    FOUND,
    IN_ORDER,
    REPORT,
    SUBMIT,
    THREE_FAULTS,
    UPDATES,
    checklist,
    titles,
)
from tests.acceptance.town import Town, town_of

CHINA = timezone(timedelta(hours=8))

SUBMISSION = """
query Read($id: ID!) {
  submission(id: $id) {
    form { name version answersType title(lang: zh) }
    subject { __typename ... on Place { name category } }
    grid { code }
    worker { name }
    answers {
      __typename
      ... on NineSmallPlacesShopV1 { exitClear extinguisherOk stockHeight wiring remark }
      ... on NineSmallPlacesRestaurantV1 { gasAlarm }
    }
    answersJson
    findings {
      rule path severity category days department
      zh: title(lang: zh) en: title(lang: en)
      hazard { id }
    }
    hazards { totalCount edges { node { id } } }
    score { value max grade }
  }
}
"""

HAZARDS = """
query Hazards($under: String!) {
  submissions(filter: {under: $under}) { totalCount }
  hazards(filter: {under: $under}, orderBy: [REPORTED_AT_ASC], first: 10) {
    totalCount
    edges {
      node {
        id title description severity category department status revision
        reportedAt dueAt closedAt
        reportedBy { name }
        place { name responsiblePerson }
        grid { code community { name } }
        submission { clientId }
        events { edges { node { kind from to revision } } }
      }
    }
  }
}
"""

EVENTS = """
query Events($after: Cursor) {
  hazardEvents(after: $after, first: 3) {
    edges { cursor node { hazard { title } } }
    pageInfo { hasNextPage }
  }
}
"""


async def test_a_checklist_becomes_hazards_that_a_partner_is_told_of(town: Town) -> None:
    # Given a partner agency that follows a street
    street = await town.street()
    worker = await town.worker(street)
    agency = await town.someone(Role.AGENCY, street.code)
    async with agency.follow(UPDATES) as updates:
        # When the grid worker hands in a checklist with three failing answers
        payload = await worker.do(SUBMIT, **checklist(street.shop, THREE_FAULTS))
        assert payload["problems"] == []

        # Then the agency gets three updates in the form's order
        three = await updates.take(3)
        assert titles(three) == FOUND
        assert [(each["kind"], each["from"], each["to"]) for each in three] == [
            ("REPORTED", None, "REPORTED")
        ] * 3
        assert [each["revision"] for each in three] == [1, 1, 1]
        hazard = three[1]["hazard"]
        assert (hazard["severity"], hazard["category"]) == ("SERIOUS", "FIRE_EQUIPMENT")
        assert hazard["department"] == "FIRE_RESCUE"
        assert days_to_rectify(hazard) == 3
        assert hazard["grid"] == {
            "code": street.grid,
            "name": "第一网格",
            "community": {"name": "眼明泉社区"},
        }
        # and nothing that is not meant for partners
        assert hazard["place"] == {"name": "泉边便利店", "responsiblePerson": None}
        assert hazard["submission"] is None

        # When its connection breaks, and the grid worker hands in another one
        updates.drop()
        await worker.do(SUBMIT, **checklist(street.shop, THREE_FAULTS))

    # Then it misses nothing after the last cursor, and gets nothing twice
    async with agency.follow(UPDATES, after=three[-1]["cursor"]) as updates:
        missed = await updates.take(3)
        assert titles(missed) == FOUND
        assert not ids(missed) & ids(three)
        await worker.do(REPORT, **loose_wire(street.grid))
        assert titles(await updates.take(1)) == ["电线裸露"]

    # and a query that goes on from there tells the same
    page = (await agency.ask(EVENTS, after=three[-1]["cursor"]))["hazardEvents"]
    assert [edge["cursor"] for edge in page["edges"]] == [each["cursor"] for each in missed]
    assert titles([edge["node"] for edge in page["edges"]]) == FOUND
    assert page["pageInfo"] == {"hasNextPage": True}


async def test_nothing_is_lost_when_the_server_is_killed(installation: Installation) -> None:
    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            street = await town.street()
            worker = await town.worker(street)
            agency = await town.someone(Role.AGENCY, street.code)
            async with agency.follow(UPDATES) as updates:
                await worker.do(SUBMIT, **checklist(street.shop, THREE_FAULTS))
                first = await updates.take(1)
                # What is answered is kept, whether or not anybody has been told of it yet.
                again = checklist(street.shop, THREE_FAULTS)
                answered = await worker.do(SUBMIT, **again)
                server.kill()

    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            agency, worker = agency.at(town.http), worker.at(town.http)
            async with agency.follow(UPDATES, after=first[0]["cursor"]) as updates:
                assert titles(await updates.take(5)) == FOUND[1:] + FOUND
                # The device has not heard the answer, say, and sends it once more.
                assert await worker.do(SUBMIT, **again) == answered
                await worker.do(REPORT, **loose_wire(street.grid))
                assert titles(await updates.take(1)) == ["电线裸露"]


async def test_what_was_found_reads_back(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)
    handed_in = checklist(street.shop, THREE_FAULTS)

    payload = await worker.do(SUBMIT, **handed_in)
    submission = (await worker.ask(SUBMISSION, id=payload["submission"]["id"]))["submission"]
    found = await worker.ask(HAZARDS, under=street.code)

    assert payload["submission"]["clientId"] == handed_in["clientId"]
    assert submission["form"] == {
        "name": "nineSmallPlacesShop",
        "version": 1,
        "answersType": "NineSmallPlacesShopV1",
        "title": "九小场所消防检查：小购物场所",
    }
    assert submission["subject"] == {
        "__typename": "Place",
        "name": "泉边便利店",
        "category": "N01",
    }
    assert (submission["grid"], submission["worker"]) == ({"code": street.grid}, {"name": "王芳"})
    assert submission["answers"] == {
        "__typename": "NineSmallPlacesShopV1",
        "exitClear": "NOT_OK",
        "extinguisherOk": "NOT_OK",
        "stockHeight": "NOT_OK",
        "wiring": "OK",
        "remark": "后门堆放纸箱，两具灭火器压力不足",
    }
    assert submission["answersJson"] == THREE_FAULTS
    assert submission["score"] == {"value": 74, "max": 100, "grade": "C"}

    hazards = [edge["node"] for edge in found["hazards"]["edges"]]
    assert found["submissions"]["totalCount"] == 1
    assert found["hazards"]["totalCount"] == submission["hazards"]["totalCount"] == 3
    assert [each.pop("hazard") for each in submission["findings"]] == [
        {"id": hazard["id"]} for hazard in hazards
    ]
    assert submission["findings"] == [
        {
            "rule": "exitClear",
            "path": "/exitClear",
            "severity": "SERIOUS",
            "category": "ESCAPE_ROUTE",
            "days": 0,
            "department": "FIRE_RESCUE",
            "zh": "安全出口或疏散通道被堵塞、上锁",
            "en": "Exit or escape passage blocked or locked",
        },
        {
            "rule": "extinguisherOk",
            "path": "/extinguisherOk",
            "severity": "SERIOUS",
            "category": "FIRE_EQUIPMENT",
            "days": 3,
            "department": "FIRE_RESCUE",
            "zh": "灭火器不足、失效或取用不便",
            "en": "Extinguishers too few, out of order or out of reach",
        },
        {
            "rule": "stockHeight",
            "path": "/stockHeight",
            "severity": "MINOR",
            "category": "STORAGE",
            "days": 3,
            "department": "FIRE_RESCUE",
            "zh": "货物堆放过高，与灯具距离不足0.5米",
            "en": "Goods stacked too high, less than 0.5 m below the lamps",
        },
    ]
    assert [(each["title"], each["severity"], each["category"]) for each in hazards] == [
        ("安全出口或疏散通道被堵塞、上锁", "SERIOUS", "ESCAPE_ROUTE"),
        ("灭火器不足、失效或取用不便", "SERIOUS", "FIRE_EQUIPMENT"),
        ("货物堆放过高，与灯具距离不足0.5米", "MINOR", "STORAGE"),
    ]
    assert [days_to_rectify(hazard) for hazard in hazards] == [0, 3, 3]
    for hazard in hazards:
        assert (hazard["status"], hazard["revision"]) == ("REPORTED", 1)
        assert hazard["closedAt"] is None
        assert hazard["department"] == "FIRE_RESCUE"
        assert hazard["description"] == "后门堆放纸箱，两具灭火器压力不足"
        assert hazard["reportedBy"] == {"name": "王芳"}
        assert hazard["place"] == {"name": "泉边便利店", "responsiblePerson": "周店主"}
        assert hazard["grid"] == {"code": street.grid, "community": {"name": "眼明泉社区"}}
        assert hazard["submission"] == {"clientId": handed_in["clientId"]}
        assert hazard["events"]["edges"] == [
            {"node": {"kind": "REPORTED", "from": None, "to": "REPORTED", "revision": 1}}
        ]


async def test_an_agency_of_another_street_sees_none_of_it(town: Town) -> None:
    street, elsewhere = await town.street(), await town.street()
    worker, neighbour = await town.worker(street), await town.worker(elsewhere)
    agency = await town.someone(Role.AGENCY, elsewhere.code)

    async with agency.follow(UPDATES) as updates:
        await worker.do(SUBMIT, **checklist(street.shop, THREE_FAULTS))
        await neighbour.do(REPORT, **loose_wire(elsewhere.grid))
        # What came first in the journal would have to come first here.
        assert titles(await updates.take(1)) == ["电线裸露"]

    theirs = await agency.ask(HAZARDS, under=street.code)
    assert theirs["hazards"] == {"totalCount": 0, "edges": []}
    one_of_them = (await worker.ask(HAZARDS, under=street.code))["hazards"]["edges"][0]["node"]
    read = "query Read($id: ID!) { hazard(id: $id) { id } node(id: $id) { id } }"
    assert await agency.ask(read, id=one_of_them["id"]) == {"hazard": None, "node": None}


async def test_updates_are_narrowed_by_severity_category_and_area(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)
    office = await town.someone(Role.STREET, street.code)
    agency = await town.someone(Role.AGENCY, street.code)

    serious = agency.follow(UPDATES, filter={"severity": ["SERIOUS"]})
    storage = agency.follow(UPDATES, filter={"category": ["STORAGE", "PARKING"]})
    other_grid = agency.follow(UPDATES, filter={"under": street.other_grid})
    both = agency.follow(UPDATES, filter={"under": street.grid, "severity": ["MINOR"]})
    async with serious as serious_ones, storage as stored, other_grid as others, both as minor:
        await worker.do(SUBMIT, **checklist(street.shop, THREE_FAULTS))
        await office.do(REPORT, **loose_wire(street.other_grid))
        await worker.do(REPORT, **{**loose_wire(street.grid), "severity": "MINOR"})

        assert titles(await serious_ones.take(3)) == [FOUND[0], FOUND[1], "电线裸露"]
        assert titles(await stored.take(1)) == [FOUND[2]]
        assert titles(await others.take(1)) == ["电线裸露"]
        assert titles(await minor.take(2)) == [FOUND[2], "电线裸露"]


async def test_a_shop_in_order_is_no_news(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)
    agency = await town.someone(Role.AGENCY, street.code)

    async with agency.follow(UPDATES) as updates:
        payload = await worker.do(SUBMIT, **checklist(street.shop, IN_ORDER))
        await worker.do(REPORT, **loose_wire(street.grid))
        assert titles(await updates.take(1)) == ["电线裸露"]

    submission = (await worker.ask(SUBMISSION, id=payload["submission"]["id"]))["submission"]
    assert submission["findings"] == []
    assert submission["hazards"] == {"totalCount": 0, "edges": []}
    assert submission["score"] == {"value": 100, "max": 100, "grade": "A"}


def loose_wire(grid_code: str) -> dict[str, Any]:
    """The input of a report by hand."""
    return {
        "title": "电线裸露",
        "severity": "SERIOUS",
        "category": "ELECTRICAL",
        "gridCode": grid_code,
    }


def days_to_rectify(hazard: Any) -> int:
    """How many working days after its report a hazard is due, at the same time of day in China.

    One that was reported at a weekend counts as reported on Monday.
    """
    reported, due = (
        datetime.fromisoformat(hazard[name]).astimezone(CHINA) for name in ("reportedAt", "dueAt")
    )
    assert reported.time() == due.time()
    if reported == due:
        return 0
    day, days = reported.date(), 0
    while day.weekday() >= 5:
        day += timedelta(days=1)
    while day < due.date():
        day += timedelta(days=1)
        days += day.weekday() < 5
    return days


def ids(updates: list[Any]) -> set[str]:
    """The hazards that updates are about, by id."""
    return {update["hazard"]["id"] for update in updates}

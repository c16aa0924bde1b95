"""Recording visits."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from gridql.domain.people.models import Household
from gridql.domain.visits.models import Visit
from tests.integration.domain.doing import (
    DEVICE_ID,
    LAST_ENTRY,
    RECORD,
    entries,
    refused,
    send,
    state,
)
from tests.integration.graph.inhabitants import NOW
from tests.integration.graph.people import AGENCY, GRID_1, GRID_2, GRID_4, STREET
from tests.integration.graph.world import World

MET = {
    "clientId": DEVICE_ID,
    "kind": "HOUSEHOLD",
    "outcome": "MET",
    "householdId": "Household:2",
}


async def last_visited(household: int) -> datetime | None:
    row = await Household.get(id=household)
    moment: datetime | None = row.last_visited_at
    return moment


async def test_a_visit_is_kept_with_all_that_it_changes(world: World) -> None:
    payload = await send(world, RECORD, MET | {"note": "家里有老人"})

    assert payload == {
        "visit": {
            "id": "Visit:7",
            "kind": "HOUSEHOLD",
            "outcome": "MET",
            "visitedAt": "2026-05-01T08:00:00.25+00:00",
            "note": "家里有老人",
            "worker": {"name": "王芳"},
            "grid": {"code": GRID_1},
        },
        "problems": [],
    }
    assert await last_visited(2) == NOW
    assert await entries(LAST_ENTRY) == [("Visit", 7, "RECORDED", GRID_1, "GRID_WORKER", "MET")]


@pytest.mark.parametrize(
    ("outcome", "hours", "expected_hours"),
    [
        ("MET", 0, 0),
        ("PROXY_MET", -2, -2),
        ("NO_ANSWER", 0, -24),
        ("PHONE_ONLY", 0, -24),
        ("MET", -48, -24),
        ("MET", -24, -24),
    ],
)
async def test_when_a_household_was_last_visited(
    world: World, outcome: str, hours: int, expected_hours: int
) -> None:
    assert await last_visited(1) == NOW - timedelta(hours=24)
    visited_at = (NOW + timedelta(hours=hours)).isoformat()

    payload = await send(
        world,
        RECORD,
        MET | {"householdId": "Household:1", "outcome": outcome, "visitedAt": visited_at},
    )

    assert payload["problems"] == []
    assert await last_visited(1) == NOW + timedelta(hours=expected_hours)


@pytest.mark.parametrize(
    ("subject", "grid"),
    [({"placeId": "Place:2"}, GRID_1), ({"gridCode": GRID_1}, GRID_1)],
)
async def test_patrols_of_places_and_grids(
    world: World, subject: dict[str, str], grid: str
) -> None:
    sent = {"clientId": DEVICE_ID, "kind": "PATROL", "outcome": "MET", **subject}

    payload = await send(world, RECORD, sent)

    assert payload["problems"] == []
    assert payload["visit"]["grid"] == {"code": grid}
    kept = await Visit.get(id=7)
    assert (kept.household_id, kept.place_id, kept.grid_id, kept.worker_id) == (
        None,
        2 if "placeId" in subject else None,
        grid,
        1,
    )


async def test_staff_who_are_no_grid_workers(world: World) -> None:
    payload = await send(world, RECORD, MET, actor=STREET)

    assert payload["visit"]["worker"] is None


async def test_all_problems_at_once_in_both_languages(world: World) -> None:
    wrong = {
        "clientId": DEVICE_ID,
        "kind": "HOUSEHOLD",
        "outcome": "MET",
        "householdId": "Household:6",
        "placeId": "Place:999",
        "gridCode": GRID_2,
        "visitedAt": "2026-05-01T08:05:00.251Z",
        "note": "长" * 2001,
    }

    assert await refused(world, RECORD, wrong) == [
        (
            "INVALID",
            "/kind",
            "HOUSEHOLD and CARE visits name a householdId, "
            "a PATROL either a placeId or a gridCode.",
        ),
        ("INVALID", "/visitedAt", "A visit cannot lie in the future."),
        ("INVALID", "/note", "A note has at most 2000 characters."),
        ("NOT_FOUND", "/householdId", "There is no such household, or it lies outside your area."),
        ("NOT_FOUND", "/placeId", "There is no such place, or it lies outside your area."),
        ("NOT_FOUND", "/gridCode", "There is no such grid, or it lies outside your area."),
    ]
    assert await refused(world, RECORD, wrong, lang="zh") == [
        (
            "INVALID",
            "/kind",
            "入户和关爱走访须填写 householdId；巡查须填写 placeId 或 gridCode 之一。",
        ),
        ("INVALID", "/visitedAt", "走访时间不能在将来。"),
        ("INVALID", "/note", "备注最多 2000 个字。"),
        ("NOT_FOUND", "/householdId", "没有找到住户，或不在您的管辖范围内。"),
        ("NOT_FOUND", "/placeId", "没有找到场所，或不在您的管辖范围内。"),
        ("NOT_FOUND", "/gridCode", "没有找到网格，或不在您的管辖范围内。"),
    ]


async def test_unknown_and_out_of_scope_read_the_same(world: World) -> None:
    for subject in [
        {"householdId": "Household:6"},
        {"householdId": "Household:999"},
        {"householdId": "Place:2"},
        {"householdId": "Household:9223372036854775808"},
        {"householdId": ""},
        {"householdId": "\0"},
    ]:
        assert await refused(world, RECORD, MET | subject) == [
            (
                "NOT_FOUND",
                "/householdId",
                "There is no such household, or it lies outside your area.",
            )
        ]


async def test_grids_that_are_not_the_workers(world: World) -> None:
    for code in [GRID_2, GRID_4, "370114001003999", "370114001003", "", "\0", "x", "1" * 500]:
        sent = {"clientId": DEVICE_ID, "kind": "PATROL", "outcome": "MET", "gridCode": code}

        assert await refused(world, RECORD, sent) == [
            ("NOT_FOUND", "/gridCode", "There is no such grid, or it lies outside your area.")
        ]


async def test_texts_that_no_database_keeps(world: World) -> None:
    for note in ["a\0b", "half a pair \ud83d"]:
        assert await refused(world, RECORD, MET | {"note": note}) == [
            ("INVALID", "/note", "The text holds U+0000, or half a character: take it out.")
        ]


async def test_a_long_note_and_a_clock_that_runs_ahead(world: World) -> None:
    note = "长😀" * 1000
    visited_at = "2026-05-01T16:05:00.25+08:00"

    payload = await send(world, RECORD, MET | {"note": note, "visitedAt": visited_at})

    assert payload["problems"] == []
    assert payload["visit"]["note"] == note
    assert payload["visit"]["visitedAt"] == "2026-05-01T08:05:00.25+00:00"


async def test_sent_again_it_is_the_first_visit(world: World) -> None:
    sent = MET | {"visitedAt": "2026-05-01T07:00:00.123456Z", "note": "一"}
    first = await send(world, RECORD, sent)
    before = await state()

    again = await send(world, RECORD, sent)
    by_street = await send(world, RECORD, MET | {"note": "一"}, actor=STREET)

    assert first["visit"]["visitedAt"] == "2026-05-01T07:00:00.123456+00:00"
    assert again == by_street == first
    assert await state() == before


async def test_the_same_client_id_for_another_visit(world: World) -> None:
    await send(world, RECORD, MET)

    others: list[dict[str, Any]] = [
        {"outcome": "REFUSED"},
        {"kind": "CARE"},
        {"householdId": "Household:3"},
        {"note": "二"},
        {"visitedAt": "2026-05-01T07:59:00Z"},
        {"kind": "PATROL", "householdId": None, "gridCode": GRID_1},
    ]
    for other in others:
        assert await refused(world, RECORD, MET | other) == [
            ("CONFLICT", "/clientId", "This clientId was used before, for something else.")
        ]


async def test_sent_twice_at_once_it_is_kept_once(world: World) -> None:
    sent = {"clientId": DEVICE_ID, "kind": "PATROL", "outcome": "MET", "gridCode": GRID_1}

    payloads = await asyncio.gather(*(send(world, RECORD, sent) for _ in range(6)))

    assert [payload["visit"]["id"] for payload in payloads] == [payloads[0]["visit"]["id"]] * 6
    assert await Visit.filter(client_id=DEVICE_ID).count() == 1
    assert len(await entries(LAST_ENTRY)) == 1


async def test_the_last_of_several_visits_at_once_counts(world: World) -> None:
    def sent(number: int) -> dict[str, Any]:
        at = (NOW - timedelta(minutes=number)).isoformat()
        return MET | {
            "clientId": f"00000000-0000-0000-0000-0000000000{number:02x}",
            "visitedAt": at,
        }

    payloads = await asyncio.gather(*(send(world, RECORD, sent(16 + n)) for n in range(6)))

    assert [payload["problems"] for payload in payloads] == [[]] * 6
    assert await last_visited(2) == NOW - timedelta(minutes=16)


async def test_a_role_that_records_none(world: World) -> None:
    assert await refused(world, RECORD, MET, actor=AGENCY) == [
        ("FORBIDDEN", None, "Your role may not record visits.")
    ]
    assert await refused(world, RECORD, MET, actor=AGENCY, lang="zh") == [
        ("FORBIDDEN", None, "您的角色不能记录走访。")
    ]

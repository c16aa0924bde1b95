"""Reporting hazards and closing them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gridql.domain.hazards.models import Hazard
from tests.integration.domain.doing import (
    CLOSE,
    DEVICE_ID,
    LAST_ENTRY,
    REPORT,
    entries,
    refused,
    send,
    state,
)
from tests.integration.graph.people import AGENCY, DEPARTMENT, GRID_1, GRID_2, STREET
from tests.integration.graph.world import World

FOUND = {
    "clientId": DEVICE_ID,
    "title": "楼道堆物",
    "severity": "SERIOUS",
    "category": "ESCAPE_ROUTE",
    "placeId": "Place:1",
}


async def test_a_hazard_is_reported_at_a_place(world: World) -> None:
    payload = await send(
        world,
        REPORT,
        FOUND
        | {
            "description": "二楼",
            "department": "FIRE_RESCUE",
            "dueAt": "2026-05-08T18:00:00+08:00",
        },
    )

    assert payload == {
        "hazard": {
            "id": "Hazard:65",
            "title": "楼道堆物",
            "description": "二楼",
            "severity": "SERIOUS",
            "status": "REPORTED",
            "category": "ESCAPE_ROUTE",
            "department": "FIRE_RESCUE",
            "reportedAt": "2026-05-01T08:00:00.25+00:00",
            "dueAt": "2026-05-08T10:00:00+00:00",
            "revision": 1,
            "place": {"name": "惠民超市"},
            "grid": {"code": GRID_1},
            "reportedBy": {"name": "王芳"},
        },
        "problems": [],
    }
    assert await entries(LAST_ENTRY) == [
        ("Hazard", 65, "REPORTED", GRID_1, "GRID_WORKER", "REPORTED")
    ]


async def test_or_somewhere_in_a_grid_without_a_client_id(world: World) -> None:
    sent = FOUND | {"placeId": None, "gridCode": GRID_2, "clientId": None}

    one = await send(world, REPORT, sent, actor=STREET)
    other = await send(world, REPORT, sent, actor=STREET)

    assert (one["hazard"]["id"], other["hazard"]["id"]) == ("Hazard:65", "Hazard:66")
    assert one["hazard"]["grid"] == {"code": GRID_2}
    assert (one["hazard"]["place"], one["hazard"]["reportedBy"]) == (None, None)


async def test_all_problems_at_once_in_both_languages(world: World) -> None:
    wrong = {
        "title": "  ",
        "severity": "MAJOR",
        "category": "长" * 41,
        "placeId": "Place:5",
        "gridCode": "370114002014001",
        "description": "长" * 2001,
        "department": "",
    }

    assert await refused(world, REPORT, wrong) == [
        ("INVALID", "/title", "A title has 1 to 200 characters."),
        ("INVALID", "/category", "A category has 1 to 40 characters."),
        ("INVALID", "/description", "A description has at most 2000 characters."),
        ("INVALID", "/department", "The code of a department has 1 to 40 characters."),
        (
            "INVALID",
            "/severity",
            "Only a department calls a hazard MAJOR; report it as SUSPECTED_MAJOR.",
        ),
        ("INVALID", None, "Give either placeId or gridCode, and not both."),
        ("NOT_FOUND", "/placeId", "There is no such place, or it lies outside your area."),
        ("NOT_FOUND", "/gridCode", "There is no such grid, or it lies outside your area."),
    ]
    assert await refused(world, REPORT, wrong, lang="zh") == [
        ("INVALID", "/title", "标题应为 1 至 200 个字。"),
        ("INVALID", "/category", "类别应为 1 至 40 个字。"),
        ("INVALID", "/description", "说明最多 2000 个字。"),
        ("INVALID", "/department", "部门代码应为 1 至 40 个字。"),
        ("INVALID", "/severity", "重大隐患须由部门认定，上报时请选择“疑似重大”。"),
        ("INVALID", None, "请在 placeId 和 gridCode 中填写且仅填写一项。"),
        ("NOT_FOUND", "/placeId", "没有找到场所，或不在您的管辖范围内。"),
        ("NOT_FOUND", "/gridCode", "没有找到网格，或不在您的管辖范围内。"),
    ]


async def test_texts_that_no_database_keeps(world: World) -> None:
    for text in ("a\0b", "half a pair \udc00"):
        members = ("title", "category", "description", "department")

        assert await refused(world, REPORT, FOUND | dict.fromkeys(members, text)) == [
            ("INVALID", f"/{member}", "The text holds U+0000, or half a character: take it out.")
            for member in members
        ]


async def test_texts_as_long_as_they_may_be(world: World) -> None:
    sent = {
        "title": "😀" * 200,
        "category": "C" * 40,
        "description": "长" * 2000,
        "department": "D" * 40,
    }

    payload = await send(world, REPORT, FOUND | sent)

    assert {key: payload["hazard"][key] for key in sent} == sent
    assert await refused(world, REPORT, FOUND | {"title": " " * 200 + "x"}) == [
        ("INVALID", "/title", "A title has 1 to 200 characters.")
    ]


async def test_unknown_and_out_of_scope_read_the_same(world: World) -> None:
    for place in ["Place:5", "Place:999", "Household:1", ""]:
        assert await refused(world, REPORT, FOUND | {"placeId": place}) == [
            ("NOT_FOUND", "/placeId", "There is no such place, or it lies outside your area.")
        ]


async def test_sent_again_it_is_the_first_hazard(world: World) -> None:
    sent = FOUND | {"dueAt": "2026-05-08T10:00:00.5Z", "description": "一"}
    first = await send(world, REPORT, sent)
    before = await state()

    assert await send(world, REPORT, sent) == first
    assert await state() == before


async def test_the_same_client_id_for_another_hazard(world: World) -> None:
    await send(world, REPORT, FOUND)

    others: list[dict[str, Any]] = [
        {"title": "楼道停车"},
        {"severity": "MINOR"},
        {"category": "STORAGE"},
        {"description": "二"},
        {"department": "HOUSING"},
        {"dueAt": "2026-05-08T10:00:00Z"},
        {"placeId": "Place:2"},
        {"placeId": None, "gridCode": GRID_1},
    ]
    for other in others:
        assert await refused(world, REPORT, FOUND | other) == [
            ("CONFLICT", "/clientId", "This clientId was used before, for something else.")
        ]


async def test_sent_twice_at_once_it_is_kept_once(world: World) -> None:
    payloads = await asyncio.gather(*(send(world, REPORT, FOUND) for _ in range(6)))

    assert [payload["hazard"]["id"] for payload in payloads] == [payloads[0]["hazard"]["id"]] * 6
    assert await Hazard.filter(client_id=DEVICE_ID).count() == 1
    assert len(await entries(LAST_ENTRY)) == 1


async def test_a_hazard_is_closed_with_a_note(world: World) -> None:
    payload = await send(
        world,
        CLOSE,
        {"hazardId": "Hazard:1", "note": "已清理", "expectedRevision": 1},
        actor=STREET,
    )

    assert payload == {
        "hazard": {
            "id": "Hazard:1",
            "status": "CLOSED",
            "closedAt": "2026-05-01T08:00:00.25+00:00",
            "revision": 2,
            "events": {
                "edges": [
                    {
                        "node": {
                            "kind": "REPORTED",
                            "from": None,
                            "to": "REPORTED",
                            "note": None,
                            "revision": 1,
                        }
                    },
                    {
                        "node": {
                            "kind": "CLOSED",
                            "from": "REPORTED",
                            "to": "CLOSED",
                            "note": "已清理",
                            "revision": 2,
                        }
                    },
                ]
            },
        },
        "problems": [],
    }
    assert await entries(LAST_ENTRY) == [("Hazard", 1, "CLOSED", GRID_1, "STREET", "CLOSED")]


async def test_what_has_changed_meanwhile_is_stale(world: World) -> None:
    sent = {"hazardId": "Hazard:7", "expectedRevision": 1}

    assert await refused(world, CLOSE, sent, actor=STREET) == [
        (
            "STALE",
            "/expectedRevision",
            "The hazard has changed meanwhile: it is at revision 2 now, CLOSED.",
        )
    ]
    assert await refused(world, CLOSE, sent, actor=STREET, lang="zh") == [
        ("STALE", "/expectedRevision", "隐患已被他人修改：当前为第 2 版，状态 CLOSED。")
    ]


async def test_what_is_closed_cannot_be_closed(world: World) -> None:
    revisions: list[dict[str, Any]] = [{}, {"expectedRevision": 2}, {"expectedRevision": None}]
    for revision in revisions:
        sent = {"hazardId": "Hazard:7", **revision}

        assert await refused(world, CLOSE, sent, actor=STREET) == [
            ("CONFLICT", "/hazardId", "The hazard is CLOSED and cannot be closed.")
        ]


async def test_closed_by_several_at_once_it_is_closed_once(world: World) -> None:
    sent = {"hazardId": "Hazard:1"}

    payloads = await asyncio.gather(*(send(world, CLOSE, sent, actor=STREET) for _ in range(5)))

    told = [problem for each in payloads for problem in each["problems"]]
    assert [(each["code"], each["path"]) for each in told] == [("STALE", "/hazardId")] * 4
    assert {each["message"] for each in told} == {
        "The hazard has changed meanwhile: it is at revision 2 now, CLOSED."
    }
    # Whoever came too late sees the hazard as it is now, without asking again.
    assert {(each["hazard"]["status"], each["hazard"]["revision"]) for each in payloads} == {
        ("CLOSED", 2)
    }
    assert (await Hazard.get(id=1)).revision == 2
    assert len(await entries(LAST_ENTRY)) == 1


async def test_hazards_that_are_not_to_be_seen(world: World) -> None:
    for hazard in ["Hazard:55", "Hazard:999", "Place:1", "", "Hazard:x"]:
        assert await refused(world, CLOSE, {"hazardId": hazard}, actor=STREET) == [
            ("NOT_FOUND", "/hazardId", "There is no such hazard, or it lies outside your area.")
        ]


async def test_a_department_closes_none_by_itself_not_even_its_own(world: World) -> None:
    for hazard in ("Hazard:3", "Hazard:1"):
        assert await refused(world, CLOSE, {"hazardId": hazard}, actor=DEPARTMENT) == [
            ("FORBIDDEN", None, "Your role may not close hazards.")
        ]


async def test_notes_that_cannot_be_kept(world: World) -> None:
    for note, message in (
        ("a\0b", "The text holds U+0000, or half a character: take it out."),
        ("长" * 2001, "A note has at most 2000 characters."),
    ):
        sent = {"hazardId": "Hazard:999", "note": note}

        assert await refused(world, CLOSE, sent, actor=STREET) == [
            ("INVALID", "/note", message),
            ("NOT_FOUND", "/hazardId", "There is no such hazard, or it lies outside your area."),
        ]


async def test_roles_that_do_neither(world: World) -> None:
    assert await refused(world, REPORT, FOUND, actor=AGENCY) == [
        ("FORBIDDEN", None, "Your role may not report hazards.")
    ]
    assert await refused(world, CLOSE, {"hazardId": "Hazard:1"}) == [
        ("FORBIDDEN", None, "Your role may not close hazards.")
    ]


@pytest.mark.parametrize("severity", ["SUSPECTED_MAJOR", "MAJOR"])
async def test_what_may_be_major_is_not_closed_without_a_department(
    world: World, severity: str
) -> None:
    await Hazard.filter(id=1).update(severity=severity)

    assert await refused(world, CLOSE, {"hazardId": "Hazard:1"}, actor=STREET) == [
        (
            "CONFLICT",
            "/hazardId",
            f"The hazard is {severity}: a department has to deal with it.",
        )
    ]

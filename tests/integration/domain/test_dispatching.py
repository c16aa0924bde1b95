"""Hazards handed to departments, and what those answer."""

from __future__ import annotations

from dataclasses import replace

from gridql.domain.hazards.models import Hazard
from tests.integration.domain.doing import PHOTO, act, changes, done, told
from tests.integration.graph.people import COMMUNITY, DEPARTMENT, DISTRICT, STREET, WORKER
from tests.integration.graph.world import World

HOUSING = replace(DEPARTMENT, account_id=12, name="住建局", department="HOUSING")
MARKET = replace(DEPARTMENT, account_id=13, name="市场监管局", department="MARKET_SUPERVISION")

NOW = "2026-05-01T08:00:00.25+00:00"


async def test_from_report_to_a_passed_recheck(world: World) -> None:
    dispatched = await done(
        world,
        STREET,
        "dispatchHazard",
        1,
        department="HOUSING",
        helpers=["MARKET_SUPERVISION"],
        dueAt="2026-05-08T10:00:00Z",
        note="请处理",
    )
    assert dispatched["status"] == "DISPATCHED"
    assert (dispatched["department"], dispatched["dueAt"], dispatched["dispatchedAt"]) == (
        "HOUSING",
        "2026-05-08T10:00:00+00:00",
        NOW,
    )
    assert [(each["department"], each["part"]) for each in dispatched["parts"]] == [
        ("MARKET_SUPERVISION", "HELPER")
    ]

    assert (await done(world, HOUSING, "acceptHazard", 1))["status"] == "RECTIFYING"
    submitted = await done(
        world, HOUSING, "submitRectification", 1, remark="已清理", evidence=[PHOTO]
    )
    assert (submitted["status"], submitted["rectifiedAt"]) == ("RECHECKING", NOW)
    failed = await done(world, WORKER, "recheckHazard", 1, passed=False, note="仍有堆物")
    assert failed["status"] == "RECTIFYING"
    await done(world, HOUSING, "submitRectification", 1, remark="再次清理", evidence=[PHOTO])
    closed = await done(world, WORKER, "recheckHazard", 1, passed=True, evidence=[PHOTO])

    assert (closed["status"], closed["closedAt"], closed["revision"]) == ("CLOSED", NOW, 7)
    assert await changes(1) == [
        (
            "DISPATCHED",
            "REPORTED",
            "DISPATCHED",
            {
                "department": "HOUSING",
                "dueAt": "2026-05-08T10:00:00+00:00",
                "helpers": ["MARKET_SUPERVISION"],
            },
        ),
        ("ACCEPTED", "DISPATCHED", "RECTIFYING", None),
        ("RECTIFIED", "RECTIFYING", "RECHECKING", {"evidence": [PHOTO]}),
        ("RECHECK_FAILED", "RECHECKING", "RECTIFYING", None),
        ("RECTIFIED", "RECTIFYING", "RECHECKING", {"evidence": [PHOTO]}),
        ("RECHECK_PASSED", "RECHECKING", "CLOSED", {"evidence": [PHOTO]}),
    ]


async def test_the_log_says_who_in_which_role_and_why(world: World) -> None:
    query = """{ hazard(id: "Hazard:6") { events(last: 2) {
      edges { node { kind actor actorRole note changes } } } } }"""

    found = await world.data(query, DISTRICT)

    assert [edge["node"] for edge in found["hazard"]["events"]["edges"]] == [
        {
            "kind": "ACCEPTED",
            "actor": "消防救援大队",
            "actorRole": "DEPARTMENT",
            "note": None,
            "changes": None,
        },
        {
            "kind": "EXTENSION_REQUESTED",
            "actor": "消防救援大队",
            "actorRole": "DEPARTMENT",
            "note": "等待配件",
            "changes": {"extensionUntil": "2026-05-10T08:00:00.25+00:00"},
        },
    ]


async def test_all_that_is_wrong_with_an_order_at_once(world: World) -> None:
    order = {
        "department": "",
        "helpers": ["FIRE_RESCUE", "FIRE_RESCUE", "长" * 41, ""],
        "dueAt": "2026-05-01T08:00:00.25Z",
        "note": "长" * 2001,
    }

    assert await told(world, STREET, "dispatchHazard", 55, **order) == [
        ("INVALID", "/department", "The code of a department has 1 to 40 characters."),
        ("INVALID", "/helpers/1", "This department is there twice."),
        ("INVALID", "/helpers/2", "The code of a department has 1 to 40 characters."),
        ("INVALID", "/helpers/3", "The code of a department has 1 to 40 characters."),
        ("INVALID", "/helpers/3", "This department leads already."),
        ("INVALID", "/dueAt", "The due date has to lie ahead."),
        ("INVALID", "/note", "A note has at most 2000 characters."),
        ("NOT_FOUND", "/hazardId", "There is no such hazard, or it lies outside your area."),
    ]
    assert await told(
        world, STREET, "dispatchHazard", 7, department="A", helpers=["A"], lang="zh"
    ) == [
        ("INVALID", "/helpers/0", "该部门已是牵头部门。"),
        ("CONFLICT", "/hazardId", "隐患当前状态为 CLOSED，不能交办。"),
    ]
    many = [f"D{number}" for number in range(21)]
    assert await told(world, STREET, "dispatchHazard", 1, department="A", helpers=many) == [
        ("INVALID", "/helpers", "There have to be 0 to 20 departments.")
    ]


async def test_a_due_date_is_needed_and_kept_where_there_is_one(world: World) -> None:
    assert await told(world, STREET, "dispatchHazard", 5, department="HOUSING") == [
        ("INVALID", "/dueAt", "The hazard has no due date yet: give one.")
    ]

    kept = await done(world, STREET, "dispatchHazard", 1, department="HOUSING")

    assert kept["dueAt"] == "2026-05-01T08:00:00.25+00:00"


async def test_only_the_department_that_leads_acts_and_a_helper_sees(world: World) -> None:
    """The fire service helps with 13, which is the housing department's."""
    for verb, input in (
        ("acceptHazard", {}),
        ("returnHazard", {"reason": "不属本部门"}),
        ("requestExtension", {"reason": "等待", "until": "2026-06-01T00:00:00Z"}),
    ):
        assert await told(world, DEPARTMENT, verb, 13, **input) == [
            (
                "FORBIDDEN",
                "/hazardId",
                "Another department leads this hazard, and has to do this.",
            )
        ]
    seen = await world.data('{ hazard(id: "Hazard:13") { department } }', DEPARTMENT)
    assert seen == {"hazard": {"department": "HOUSING"}}

    await done(world, HOUSING, "acceptHazard", 13)
    await done(world, HOUSING, "submitRectification", 13, remark="已整改", evidence=[PHOTO])
    await Hazard.filter(id=9).update(department="HOUSING")
    assert (await act(world, DEPARTMENT, "acceptHazard", 9))["problems"][0]["code"] == "NOT_FOUND"


async def test_every_second_return_takes_it_one_level_up(world: World) -> None:
    levels = []
    for _ in range(4):
        await done(world, COMMUNITY, "dispatchHazard", 1, department="HOUSING")
        returned = await done(world, HOUSING, "returnHazard", 1, reason="不属本部门")
        levels.append((returned["returns"], returned["level"], returned["dispatchedAt"]))

    assert levels == [
        (1, "GRID", None),
        (2, "COMMUNITY", None),
        (3, "COMMUNITY", None),
        (4, "STREET", None),
    ]
    # It stays the department's until another one has it, so that the department is told.
    assert returned["department"] == "HOUSING"
    assert (returned["status"], returned["revision"]) == ("REPORTED", 11)
    assert (await changes(1))[-2:] == [
        ("RETURNED", "DISPATCHED", "REPORTED", {"returns": 4}),
        ("ESCALATED", "REPORTED", "REPORTED", {"level": "STREET"}),
    ]


async def test_a_later_due_date_is_asked_for_granted_and_refused(world: World) -> None:
    """For the sixth one, the tenth of May is asked for already."""
    granted = await done(world, STREET, "grantExtension", 6, note="同意")
    assert (granted["dueAt"], granted["extensionUntil"]) == ("2026-05-10T08:00:00.25+00:00", None)
    assert await told(world, STREET, "grantExtension", 6) == [
        ("CONFLICT", "/hazardId", "No later due date is asked for.")
    ]
    assert await told(
        world, DEPARTMENT, "requestExtension", 6, until="2026-05-10T08:00:00.25Z", reason=" "
    ) == [
        ("INVALID", "/reason", "A reason has 1 to 2000 characters."),
        (
            "INVALID",
            "/until",
            "The date that is asked for has to lie ahead, and after the present due date.",
        ),
    ]

    await done(world, DEPARTMENT, "requestExtension", 6, until="2026-05-12T00:00:00Z", reason="雨")
    asked = await done(
        world, DEPARTMENT, "requestExtension", 6, until="2026-05-20T00:00:00Z", reason="雨"
    )
    assert asked["extensionUntil"] == "2026-05-20T00:00:00+00:00"
    refused = await done(world, STREET, "refuseExtension", 6)

    assert (refused["dueAt"], refused["extensionUntil"]) == ("2026-05-10T08:00:00.25+00:00", None)
    assert [(kind, changed) for kind, _, _, changed in await changes(6)] == [
        (
            "EXTENSION_GRANTED",
            {"dueAt": "2026-05-10T08:00:00.25+00:00", "extensionUntil": None},
        ),
        ("EXTENSION_REQUESTED", {"extensionUntil": "2026-05-12T00:00:00+00:00"}),
        ("EXTENSION_REQUESTED", {"extensionUntil": "2026-05-20T00:00:00+00:00"}),
        ("EXTENSION_REFUSED", {"extensionUntil": None}),
    ]


async def test_another_department_takes_over_with_other_helpers(world: World) -> None:
    await done(world, HOUSING, "returnHazard", 13, reason="不属本部门")

    taken = await done(
        world,
        STREET,
        "dispatchHazard",
        13,
        department="MARKET_SUPERVISION",
        helpers=["HOUSING"],
    )

    assert [(each["department"], each["part"]) for each in taken["parts"]] == [
        ("HOUSING", "HELPER")
    ]
    assert (await act(world, DEPARTMENT, "acceptHazard", 13))["problems"][0]["code"] == "NOT_FOUND"
    assert (await done(world, MARKET, "acceptHazard", 13))["status"] == "RECTIFYING"

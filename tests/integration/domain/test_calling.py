"""Departments that are called together for a hazard."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from gridql.domain.hazards.models import HazardPart
from tests.integration.domain.doing import changes, done, told
from tests.integration.graph.inhabitants import NOW
from tests.integration.graph.people import DEPARTMENT, STREET
from tests.integration.graph.world import World

HOUSING = replace(DEPARTMENT, account_id=12, name="住建局", department="HOUSING")


async def test_departments_come_one_step_after_the_other(world: World) -> None:
    called = await done(
        world, STREET, "callDepartments", 1, departments=["FIRE_RESCUE", "GAS"], note="会商"
    )
    assert called["parts"] == [
        {
            "department": code,
            "part": "CALLED",
            "signInDueAt": "2026-05-01T08:30:00.25+00:00",
            "signedInAt": None,
            "contactDueAt": "2026-05-01T10:00:00.25+00:00",
            "contactedAt": None,
            "attendDueAt": "2026-05-02T08:00:00.25+00:00",
            "attendedAt": None,
        }
        for code in ("FIRE_RESCUE", "GAS")
    ]

    world.clock.at = NOW + timedelta(minutes=10)
    await done(world, DEPARTMENT, "signInHazard", 1)
    world.clock.at = NOW + timedelta(minutes=70)
    await done(world, DEPARTMENT, "contactHazard", 1)
    world.clock.at = NOW + timedelta(hours=4)
    came = await done(world, DEPARTMENT, "attendHazard", 1)

    fire, gas = came["parts"]
    assert (fire["signedInAt"], fire["contactedAt"], fire["attendedAt"]) == (
        "2026-05-01T08:10:00.25+00:00",
        "2026-05-01T09:10:00.25+00:00",
        "2026-05-01T12:00:00.25+00:00",
    )
    assert gas["signedInAt"] is None
    assert (came["status"], came["revision"]) == ("REPORTED", 5)
    assert await changes(1) == [
        ("DEPARTMENTS_CALLED", "REPORTED", "REPORTED", {"departments": ["FIRE_RESCUE", "GAS"]}),
        ("SIGNED_IN", "REPORTED", "REPORTED", {"departments": ["FIRE_RESCUE"]}),
        ("CONTACTED", "REPORTED", "REPORTED", {"departments": ["FIRE_RESCUE"]}),
        ("ATTENDED", "REPORTED", "REPORTED", {"departments": ["FIRE_RESCUE"]}),
    ]


async def test_who_is_called_together_has_the_same_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = count()
    monkeypatch.setattr(world.clock, "now", lambda: NOW + timedelta(seconds=next(ticks)))

    await done(world, STREET, "callDepartments", 1, departments=["FIRE_RESCUE", "GAS"])

    fire, gas = await HazardPart.filter(hazard_id=1)
    assert fire.called_at == gas.called_at
    assert fire.attend_due_at == gas.attend_due_at


async def test_what_is_called_for_is_seen_from_then_on(world: World) -> None:
    query = '{ hazard(id: "Hazard:1") { title } hazards { totalCount } }'
    before = await world.data(query, DEPARTMENT)

    await done(world, STREET, "callDepartments", 1, departments=["FIRE_RESCUE"])

    after = await world.data(query, DEPARTMENT)
    assert before["hazard"] is None
    assert after["hazard"] == {"title": "隐患1"}
    assert after["hazards"]["totalCount"] == before["hazards"]["totalCount"] + 1


async def test_not_out_of_turn_not_twice_and_not_uncalled(world: World) -> None:
    """The fire service was called for the fortieth, and has signed in."""
    turn = (
        "CONFLICT",
        "/hazardId",
        "First a department signs in, then it speaks with the caller, then it comes.",
    )
    twice = ("CONFLICT", "/hazardId", "Your department has done this already.")

    assert await told(world, DEPARTMENT, "signInHazard", 40) == [twice]
    assert await told(world, DEPARTMENT, "attendHazard", 40) == [turn]
    assert await told(world, HOUSING, "signInHazard", 40) == [
        ("CONFLICT", "/hazardId", "Your department was not called for it.")
    ]


async def test_called_again_only_once_it_has_come(world: World) -> None:
    again = {"departments": ["GAS", "FIRE_RESCUE"]}
    assert await told(world, STREET, "callDepartments", 40, **again) == [
        (
            "CONFLICT",
            "/departments/1",
            "This department was called already, and has not come yet.",
        )
    ]
    await done(world, DEPARTMENT, "contactHazard", 40)
    await done(world, DEPARTMENT, "attendHazard", 40)

    called = await done(world, STREET, "callDepartments", 40, **again)

    found = {each["department"]: each for each in called["parts"]}
    assert set(found) == {"FIRE_RESCUE", "MARKET_SUPERVISION", "GAS"}
    assert found["FIRE_RESCUE"]["signedInAt"] is None
    assert await HazardPart.filter(hazard_id=40, department="FIRE_RESCUE").count() == 1


async def test_nobody_and_too_many_are_not_called(world: World) -> None:
    for departments in ([], [f"D{number}" for number in range(21)]):
        assert await told(world, STREET, "callDepartments", 1, departments=departments) == [
            ("INVALID", "/departments", "There have to be 1 to 20 departments.")
        ]
    assert await told(
        world, STREET, "callDepartments", 7, departments=["GAS", "GAS"], lang="zh"
    ) == [
        ("INVALID", "/departments/1", "部门重复。"),
        ("CONFLICT", "/hazardId", "隐患当前状态为 CLOSED，不能吹哨。"),
    ]

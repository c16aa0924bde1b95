"""Putting hazards right, rechecking, closing, voiding, reopening, and how grave they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gridql.access.roles import Role
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import HazardLevel, Severity
from tests.integration.domain.doing import (
    DEVICE_ID,
    PHOTO,
    REPORT,
    changes,
    done,
    refused,
    send,
    told,
)
from tests.integration.graph.people import COMMUNITY, DEPARTMENT, DISTRICT, STREET, WORKER
from tests.integration.graph.world import World

FOUND: dict[str, Any] = {
    "clientId": DEVICE_ID,
    "title": "楼道堆物",
    "severity": "MINOR",
    "category": "ESCAPE_ROUTE",
    "placeId": "Place:1",
}
SPOT = {"remark": "已当场清理", "evidence": [PHOTO]}

ADDRESS = (
    "The address has to be an https or http URL, without user and password, of at most 1000 "
    "characters."
)
TOO_GRAVE = "What may be major is not put right on the spot: a department has to look at it."


async def test_reported_and_put_right_at_once(world: World) -> None:
    payload = await send(world, REPORT, FOUND | {"rectifiedOnSpot": SPOT})

    assert payload["problems"] == []
    assert (payload["hazard"]["status"], payload["hazard"]["revision"]) == ("CLOSED", 2)
    assert await changes(65) == [
        ("REPORTED", None, "REPORTED", None),
        ("RECTIFIED_ON_SPOT", "REPORTED", "CLOSED", {"evidence": [PHOTO]}),
    ]


async def test_sent_again_it_is_the_first_one_and_nothing_else(world: World) -> None:
    sent = FOUND | {"rectifiedOnSpot": SPOT}
    first = await send(world, REPORT, sent)

    assert await send(world, REPORT, sent) == first
    assert await send(world, REPORT, FOUND) == first
    for other in (SPOT | {"remark": "别的"}, SPOT | {"evidence": [PHOTO | {"sha256": "0" * 64}]}):
        assert await refused(world, REPORT, FOUND | {"rectifiedOnSpot": other}) == [
            ("CONFLICT", "/clientId", "This clientId was used before, for something else.")
        ]


async def test_what_was_only_reported_first_is_not_put_right_by_sending_again(
    world: World,
) -> None:
    await send(world, REPORT, FOUND)

    assert await refused(world, REPORT, FOUND | {"rectifiedOnSpot": SPOT}) == [
        ("CONFLICT", "/clientId", "This clientId was used before, for something else.")
    ]


async def test_what_may_be_major_is_not_put_right_on_the_spot(world: World) -> None:
    grave = FOUND | {"severity": "SUSPECTED_MAJOR", "rectifiedOnSpot": SPOT}

    assert await refused(world, REPORT, grave) == [("INVALID", "/rectifiedOnSpot", TOO_GRAVE)]
    assert await told(world, WORKER, "rectifyHazardOnSpot", 2, **SPOT) == [
        ("CONFLICT", "/hazardId", TOO_GRAVE)
    ]


@pytest.mark.parametrize(
    ("photos", "expected"),
    [
        ([], [("/evidence", "There have to be 1 to 9 photographs.")]),
        (
            [PHOTO | {"sha256": f"{number:064x}"} for number in range(10)],
            [("/evidence", "There have to be 1 to 9 photographs.")],
        ),
        ([PHOTO, PHOTO], [("/evidence/1/sha256", "This photograph is there twice.")]),
        (
            [PHOTO | {"uri": "1.jpg", "sha256": "AB" * 32, "caption": " "}],
            [
                (
                    "/evidence/0/uri",
                    ADDRESS,
                ),
                (
                    "/evidence/0/sha256",
                    "A SHA-256 has 64 hexadecimal digits, in small letters.",
                ),
                ("/evidence/0/caption", "A caption has 1 to 200 characters."),
            ],
        ),
        (
            [PHOTO | {"uri": f"https://files.example/{'a' * 980}"}],
            [
                (
                    "/evidence/0/uri",
                    ADDRESS,
                )
            ],
        ),
        (
            [PHOTO | {"uri": "https://files.example/\udc00"}],
            [
                (
                    "/evidence/0/uri",
                    ADDRESS,
                )
            ],
        ),
    ],
)
async def test_photographs_that_are_no_evidence(
    world: World, photos: list[Any], expected: list[Any]
) -> None:
    found = await told(world, WORKER, "rectifyHazardOnSpot", 1, remark=" ", evidence=photos)

    assert found == [
        ("INVALID", "/remark", "A remark has 1 to 2000 characters."),
        *(("INVALID", path, message) for path, message in expected),
    ]


async def test_evidence_is_kept_as_it_was_handed_in(world: World) -> None:
    photo = PHOTO | {"takenAt": "2026-05-01T09:30:00+08:00", "caption": "二楼"}

    await done(world, WORKER, "rectifyHazardOnSpot", 1, remark="已清理", evidence=[photo])

    assert await changes(1) == [
        (
            "RECTIFIED_ON_SPOT",
            "REPORTED",
            "CLOSED",
            {"evidence": [PHOTO | {"takenAt": "2026-05-01T01:30:00+00:00", "caption": "二楼"}]},
        )
    ]


async def test_whoever_put_it_right_does_not_recheck_it(world: World) -> None:
    """The account has become another role meanwhile; it is the same people."""
    themselves = replace(DEPARTMENT, role=Role.STREET)

    assert await told(world, themselves, "recheckHazard", 9, passed=True) == [
        (
            "FORBIDDEN",
            "/hazardId",
            "This account has said that it was put right: somebody else has to recheck it.",
        )
    ]
    assert await told(world, WORKER, "recheckHazard", 9, passed=False, lang="zh") == [
        ("INVALID", "/note", "复查未通过，请在备注中说明问题，最多 2000 个字。")
    ]


async def test_what_a_department_has_is_closed_by_a_recheck_only(world: World) -> None:
    assert await told(world, STREET, "closeHazard", 6) == [
        (
            "CONFLICT",
            "/hazardId",
            "The hazard is RECTIFYING and cannot be closed: a department has it, and a passed "
            "recheck (recheckHazard) closes it.",
        )
    ]
    assert await told(world, DEPARTMENT, "submitRectification", 3, **SPOT) == [
        (
            "CONFLICT",
            "/hazardId",
            "The hazard is REPORTED and cannot be submitted as put right.",
        )
    ]


async def test_only_a_department_says_what_is_major(world: World) -> None:
    await Hazard.filter(id=3).update(severity=Severity.SUSPECTED_MAJOR)

    confirmed = await done(world, DEPARTMENT, "confirmMajor", 3, note="承重墙开裂")
    assert confirmed["severity"] == "MAJOR"
    assert await told(world, DEPARTMENT, "confirmMajor", 3) == [
        ("CONFLICT", "/hazardId", "The hazard is MAJOR: that is not the question.")
    ]
    assert await told(world, STREET, "voidHazard", 3, reason="误报") == [
        (
            "CONFLICT",
            "/hazardId",
            "It was confirmed as major: a department has to refute that first (refuteMajor).",
        )
    ]

    assert (await done(world, DEPARTMENT, "refuteMajor", 3))["severity"] == "SERIOUS"
    assert (await done(world, STREET, "voidHazard", 3, reason="误报"))["status"] == "VOIDED"
    assert [(kind, changed) for kind, _, _, changed in await changes(3)] == [
        ("MAJOR_CONFIRMED", {"severity": "MAJOR"}),
        ("MAJOR_REFUTED", {"severity": "SERIOUS"}),
        ("VOIDED", None),
    ]


async def test_up_to_the_district_and_no_further(world: World) -> None:
    levels = [(await done(world, WORKER, "escalateHazard", 1))["level"] for _ in range(3)]

    assert levels == ["COMMUNITY", "STREET", "DISTRICT"]
    assert await told(world, WORKER, "escalateHazard", 1) == [
        ("CONFLICT", "/hazardId", "It is with the district already: there is nobody above.")
    ]
    assert (await Hazard.get(id=1)).level is HazardLevel.DISTRICT


async def test_reopened_it_begins_again(world: World) -> None:
    await done(world, WORKER, "recheckHazard", 9, passed=True)

    again = await done(world, STREET, "reopenHazard", 9, reason="复发")

    assert (again["status"], again["closedAt"], again["rectifiedAt"]) == ("REPORTED", None, None)
    assert (again["dispatchedAt"], again["department"]) == (None, "FIRE_RESCUE")
    assert (await Hazard.get(id=9)).rectified_by_id is None
    assert await told(world, DISTRICT, "reopenHazard", 9, reason="") == [
        ("INVALID", "/reason", "A reason has 1 to 2000 characters."),
        ("CONFLICT", "/hazardId", "The hazard is REPORTED and cannot be reopened."),
    ]
    assert await told(world, COMMUNITY, "reopenHazard", 11, reason="误并") == [
        (
            "CONFLICT",
            "/hazardId",
            "It was merged into another one: unmerge it instead (unmergeHazard).",
        )
    ]

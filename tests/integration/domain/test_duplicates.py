"""Hazards that were reported twice, and people who act on one at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import Severity
from tests.integration.domain.doing import LAST_ENTRY, act, changes, done, entries, told
from tests.integration.graph.people import COMMUNITY, DISTRICT, STREET, WORKER
from tests.integration.graph.world import World

# 1, 3, 5 and 17 are of ELECTRICAL at place 1, and 2 of STORAGE at place 2. Of ELECTRICAL are also
# 29, at a place in grid 2, and 31 and 33, somewhere in that grid.


@pytest.fixture(autouse=True)
async def alike(world: World) -> None:
    """None of them is graver than another."""
    await Hazard.all().update(severity=Severity.SERIOUS)


async def test_a_duplicate_is_merged_and_taken_out_again(world: World) -> None:
    merged = await done(world, COMMUNITY, "mergeHazard", 5, intoId="Hazard:1", note="同一处")

    assert (merged["status"], merged["mergedInto"]) == ("VOIDED", {"id": "Hazard:1"})
    found = await world.data(
        """{
          one: hazard(id: "Hazard:1") { status revision duplicates { edges { node { id } } } }
          other: hazard(id: "Hazard:17") { duplicates { totalCount edges { node { id } } } }
        }""",
        WORKER,
    )
    assert found == {
        "one": {
            "status": "REPORTED",
            "revision": 1,
            "duplicates": {"edges": [{"node": {"id": "Hazard:5"}}]},
        },
        "other": {"duplicates": {"totalCount": 1, "edges": [{"node": {"id": "Hazard:11"}}]}},
    }

    apart = await done(world, STREET, "unmergeHazard", 5)

    assert (apart["status"], apart["mergedInto"], apart["revision"]) == ("REPORTED", None, 3)
    assert await changes(5) == [
        ("MERGED", "REPORTED", "VOIDED", {"mergedInto": "Hazard:1"}),
        ("UNMERGED", "VOIDED", "REPORTED", {"mergedInto": None}),
    ]
    assert await changes(1) == []


async def test_what_is_no_duplicate(world: World) -> None:
    place = ("CONFLICT", "/intoId", "The two are not at the same place, or in the same grid.")
    matter = (
        "CONFLICT",
        "/intoId",
        "The two are not about the same item of a checklist, or of the same category.",
    )

    assert await told(world, DISTRICT, "mergeHazard", 5, intoId="Hazard:2") == [place, matter]
    # One in a grid and one at a place there: nobody knows whether it is the same one.
    assert await told(world, DISTRICT, "mergeHazard", 31, intoId="Hazard:29") == [place]
    assert (await done(world, DISTRICT, "mergeHazard", 31, intoId="Hazard:33"))["mergedInto"] == {
        "id": "Hazard:33"
    }


async def test_items_of_a_checklist_count_where_both_have_one(world: World) -> None:
    await Hazard.filter(id__in=[1, 3]).update(item="exitClear", category="ESCAPE_ROUTE")
    await Hazard.filter(id=5).update(item="exitLit", category="ESCAPE_ROUTE")
    await Hazard.filter(id=3).update(category="OTHER")

    # Another item of one category is another matter; one item is the same one.
    assert [
        problem[1] for problem in await told(world, STREET, "mergeHazard", 5, intoId="Hazard:1")
    ] == ["/intoId"]
    assert (await done(world, STREET, "mergeHazard", 3, intoId="Hazard:1"))["status"] == "VOIDED"


async def test_only_into_what_is_open_seen_and_another(world: World) -> None:
    closed = (
        "CONFLICT",
        "/intoId",
        "The other hazard is CLOSED, and nothing can be merged into it.",
    )
    assert await told(world, DISTRICT, "mergeHazard", 1, intoId="Hazard:7") == [closed]
    assert await told(world, STREET, "mergeHazard", 1, intoId="Hazard:55") == [
        ("NOT_FOUND", "/intoId", "There is no such hazard, or it lies outside your area.")
    ]
    assert await told(world, STREET, "mergeHazard", 1, intoId="Hazard:1") == [
        ("INVALID", "/intoId", "A hazard cannot be merged into itself.")
    ]
    assert await told(world, STREET, "unmergeHazard", 1) == [
        ("CONFLICT", "/hazardId", "The hazard is REPORTED and is not merged into another.")
    ]


@pytest.mark.parametrize(
    ("one", "into"),
    [
        (Severity.MAJOR, Severity.SUSPECTED_MAJOR),
        (Severity.SUSPECTED_MAJOR, Severity.SERIOUS),
    ],
)
async def test_what_is_or_may_be_major_does_not_vanish_in_what_is_less(
    world: World, one: Severity, into: Severity
) -> None:
    await Hazard.filter(id=5).update(severity=one)
    await Hazard.filter(id=1).update(severity=into)

    assert await told(world, STREET, "mergeHazard", 5, intoId="Hazard:1") == [
        ("CONFLICT", "/intoId", "What is or may be major cannot be merged into what is less.")
    ]
    await Hazard.filter(id=1).update(severity=Severity.MAJOR)
    assert (await done(world, STREET, "mergeHazard", 5, intoId="Hazard:1"))["status"] == "VOIDED"


async def test_each_into_the_other_at_once(world: World) -> None:
    one, other = await asyncio.gather(
        act(world, STREET, "mergeHazard", 1, intoId="Hazard:5"),
        act(world, COMMUNITY, "mergeHazard", 5, intoId="Hazard:1"),
    )

    codes = [problem["code"] for payload in (one, other) for problem in payload["problems"]]
    assert codes == ["CONFLICT"]
    assert sorted([row.status.value for row in await Hazard.filter(id__in=[1, 5])]) == [
        "REPORTED",
        "VOIDED",
    ]
    assert len(await entries(LAST_ENTRY)) == 1


async def test_of_two_who_act_at_once_one_wins_and_the_other_is_stale(world: World) -> None:
    verbs: list[tuple[Any, str, dict[str, Any]]] = [
        (STREET, "dispatchHazard", {"department": "HOUSING"}),
        (COMMUNITY, "voidHazard", {"reason": "误报"}),
        (WORKER, "escalateHazard", {}),
        (DISTRICT, "callDepartments", {"departments": ["HOUSING"]}),
    ]

    payloads = await asyncio.gather(
        *(act(world, actor, verb, 1, **input) for actor, verb, input in verbs)
    )

    won = [payload for payload in payloads if not payload["problems"]]
    assert len(won) == 1
    lost = [payload for payload in payloads if payload["problems"]]
    assert [problem["code"] for each in lost for problem in each["problems"]] == ["STALE"] * 3
    # They see what the one who won has made of it.
    assert {each["hazard"]["revision"] for each in lost} == {2}
    assert [each["hazard"] for each in lost] == [won[0]["hazard"]] * 3
    assert len(await entries(LAST_ENTRY)) == 1


async def test_an_expected_revision_that_is_not_there_any_more(world: World) -> None:
    await done(world, WORKER, "escalateHazard", 1, expectedRevision=1)

    stale = await act(world, STREET, "voidHazard", 1, reason="误报", expectedRevision=1)

    assert [(each["code"], each["path"], each["message"]) for each in stale["problems"]] == [
        (
            "STALE",
            "/expectedRevision",
            "The hazard has changed meanwhile: it is at revision 2 now, REPORTED.",
        )
    ]
    assert (stale["hazard"]["level"], stale["hazard"]["revision"]) == ("COMMUNITY", 2)
    assert (await done(world, STREET, "voidHazard", 1, reason="误报", expectedRevision=2))[
        "revision"
    ] == 3

"""The access table as the graph applies it: every role, every type, every row."""

from __future__ import annotations

from typing import Any

import pytest

from gridql.access.roles import Actor, Role
from tests.integration.graph.asking import ids
from tests.integration.graph.people import (
    AGENCY,
    AUDITOR,
    DEPARTMENT,
    DISTRICT,
    NOWHERE,
    OTHER_AGENCY,
    ROLES,
    TWO_GRIDS,
    WORKER,
)
from tests.integration.graph.visible import IN_GRID_2, IN_GRID_3, IN_GRID_4, VISIBLE
from tests.integration.graph.world import World

LISTS = {
    "areas": "Area",
    "grids": "Grid",
    "gridWorkers": "GridWorker",
    "households": "Household",
    "residents": "Resident",
    "places": "Place",
    "visits": "Visit",
    "submissions": "Submission",
    "hazards": "Hazard",
    "hazardEvents": "HazardEvent",
    "webhooks": "Webhook",
}

every_role = pytest.mark.parametrize("actor", ROLES.values(), ids=ROLES)


async def keys(world: World, actor: Actor, root: str) -> set[str]:
    """The keys of all rows in a list."""
    found = await world.data(
        f"{{ {root}(first: 100) {{ totalCount edges {{ node {{ id }} }} }} }}", actor
    )
    assert found[root]["totalCount"] == len(found[root]["edges"])
    return {each.partition(":")[2] for each in ids(found)}


@every_role
@pytest.mark.parametrize("root", LISTS)
async def test_lists_hold_what_the_role_sees(world: World, actor: Actor, root: str) -> None:
    assert await keys(world, actor, root) == VISIBLE[actor.role][LISTS[root]]


@every_role
async def test_each_row_by_id_and_one_that_is_not_there(world: World, actor: Actor) -> None:
    rows = [
        f"{name}:{key}"
        for name, keys in VISIBLE[Role.DISTRICT].items()
        for key in sorted([*keys, "9999"])
    ]
    seen = {f"{name}:{key}" for name, keys in VISIBLE[actor.role].items() for key in keys}

    for at in range(0, len(rows), 20):
        asked = rows[at : at + 20]
        found = await world.data(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", actor, ids=asked
        )

        assert [node and node["id"] for node in found["nodes"]] == [
            each if each in seen else None for each in asked
        ]


async def test_an_agency_of_another_street_sees_nothing_of_this_one(world: World) -> None:
    assert await keys(world, OTHER_AGENCY, "hazards") == IN_GRID_4
    assert await keys(world, OTHER_AGENCY, "places") == {"5"}
    found = await world.data('{ hazard(id: "Hazard:1") { title } }', OTHER_AGENCY)
    assert found == {"hazard": None}


async def test_a_worker_of_two_grids_sees_both_and_no_third(world: World) -> None:
    assert await keys(world, TWO_GRIDS, "hazards") == IN_GRID_2 | IN_GRID_3
    assert await keys(world, TWO_GRIDS, "grids") == {"370114001003002", "370114001004001"}


async def test_whoever_holds_for_no_area_sees_no_row_of_any(world: World) -> None:
    for root in LISTS:
        if root != "areas":
            assert await keys(world, NOWHERE, root) == set()


async def test_hidden_columns_are_null_and_cannot_be_filtered_by(world: World) -> None:
    query = '{ place(id: "Place:1") { name responsiblePerson grid { code } } }'

    assert await world.data(query, DISTRICT) == {
        "place": {
            "name": "惠民超市",
            "responsiblePerson": "刘洋",
            "grid": {"code": "370114001003001"},
        }
    }
    assert (await world.data(query, AGENCY))["place"] == {
        "name": "惠民超市",
        "responsiblePerson": None,
        "grid": {"code": "370114001003001"},
    }


@pytest.mark.parametrize("actor", [AUDITOR, AGENCY, DEPARTMENT], ids=lambda actor: actor.role)
async def test_no_resident_is_reached_by_any_way(world: World, actor: Actor) -> None:
    found: Any = await world.data(
        """{
          residents { totalCount }
          resident(id: "Resident:1") { name }
          node(id: "Resident:1") { id }
          grid(code: "370114001003001") {
            households { totalCount edges { node { residents { totalCount } } } }
          }
          submissions(filter: {residentId: {eq: "Resident:1"}}) {
            edges { node { subject { ... on Resident { name } ... on Household { address } } } }
          }
        }""",
        actor,
    )

    assert found == {
        "submissions": {"edges": []},
        "residents": {"totalCount": 0},
        "resident": None,
        "node": None,
        "grid": {"households": {"totalCount": 0, "edges": []}},
    }


async def test_who_reported_a_hazard_is_null_outside_of_the_scope(world: World) -> None:
    query = '{ hazard(id: "Hazard:61") { reportedBy { name } submission { id } place { name } } }'

    assert (await world.data(query, WORKER))["hazard"] == {
        "reportedBy": {"name": "王芳"},
        "submission": {"id": "Submission:1"},
        "place": {"name": "惠民超市"},
    }
    assert (await world.data(query, AGENCY))["hazard"] == {
        "reportedBy": None,
        "submission": None,
        "place": {"name": "惠民超市"},
    }


async def test_sealed_columns_are_shown_masked(world: World) -> None:
    found = await world.data(
        '{ residents(filter: {phone: {eq: "+86 138-1234-5678"}}) '
        "{ edges { node { name phone idNumber } } } }"
    )

    assert [edge["node"] for edge in found["residents"]["edges"]] == [
        {"name": "张伟", "phone": "138****5678", "idNumber": "990***********1234"},
        {"name": "郑丽", "phone": "138****5678", "idNumber": "990***********002X"},
    ]

"""Lists under an area as somebody sees them: where it and the caller's scopes overlap."""

from __future__ import annotations

import logging

import pytest

from gridql.access.roles import Actor
from tests.integration.graph.asking import ids
from tests.integration.graph.people import (
    DEPARTMENT,
    DISTRICT,
    GRID_1,
    GRID_2,
    GRID_4,
    NOWHERE,
    OTHER_WORKER,
    STREET,
    STREET_A,
    STREET_B,
    TWO_GRIDS,
    WORKER,
)
from tests.integration.graph.world import World

IN_1 = [*range(1, 25), 61, 62, 63, 64]
IN_2 = [*range(25, 37)]
IN_3 = [*range(37, 55)]
IN_4 = [*range(55, 61)]
OF_FIRE_RESCUE_IN_2 = [27, 30, 33, 36]

UNDER = """
query($under: String!) {
  hazards(first: 100, filter: {under: $under}) { totalCount edges { node { id } } }
}
"""


@pytest.mark.parametrize(
    ("actor", "under", "expected"),
    [
        # The area lies in the scope …
        (DISTRICT, STREET_A, [*IN_1, *IN_2, *IN_3]),
        (DISTRICT, GRID_2, IN_2),
        (STREET, GRID_1, IN_1),
        # … is the scope …
        (STREET, STREET_A, [*IN_1, *IN_2, *IN_3]),
        (WORKER, GRID_1, IN_1),
        # … holds it …
        (STREET, "370114", [*IN_1, *IN_2, *IN_3]),
        (STREET, "370000", [*IN_1, *IN_2, *IN_3]),
        (WORKER, STREET_A, IN_1),
        (OTHER_WORKER, "37", IN_4),
        # … or lies elsewhere, before it or behind it.
        (STREET, STREET_B, []),
        (OTHER_WORKER, STREET_A, []),
        (WORKER, GRID_2, []),
        (DISTRICT, "370113", []),
        (DISTRICT, "370115", []),
        (DISTRICT, "999999", []),
        # Several scopes, of which the area holds all, some or none, or lies in one.
        (TWO_GRIDS, STREET_A, [*IN_2, *IN_3]),
        (TWO_GRIDS, "370114001003", IN_2),
        (TWO_GRIDS, GRID_2, IN_2),
        (TWO_GRIDS, GRID_1, []),
        (TWO_GRIDS, GRID_4, []),
        (NOWHERE, STREET_A, []),
        # A scope that is only part of what the rule asks.
        (DEPARTMENT, GRID_2, OF_FIRE_RESCUE_IN_2),
    ],
)
async def test_hazards_under_an_area(
    world: World, actor: Actor, under: str, expected: list[int]
) -> None:
    found = (await world.data(UNDER, actor, under=under))["hazards"]

    assert sorted(int(each.partition(":")[2]) for each in ids(found)) == sorted(expected)
    assert found["totalCount"] == len(expected)


async def test_types_that_are_seen_everywhere_or_scoped_by_another_column(world: World) -> None:
    found = await world.data(
        f"""{{
          areas(filter: {{under: "{STREET_B}"}}) {{ edges {{ node {{ code }} }} }}
          grids(filter: {{under: "{STREET_B}"}}) {{ totalCount }}
          own: submissions(filter: {{under: "370114"}}) {{ totalCount }}
          none: submissions(filter: {{under: "{STREET_B}"}}) {{ totalCount }}
        }}""",
        STREET,
    )

    codes = [edge["node"]["code"] for edge in found.pop("areas")["edges"]]
    assert codes == ["370114002", "370114002014"]
    assert found == {
        "grids": {"totalCount": 0},
        "own": {"totalCount": 6},
        "none": {"totalCount": 0},
    }


async def test_a_filter_deeper_down_is_a_range_of_its_own(world: World) -> None:
    query = """{
      either: hazards(filter: {or: [{under: "370114001003002"}, {under: "370114002"}]}) {
        totalCount
      }
      neither: hazards(filter: {under: "370114001", not: {under: "370114001003"}}) { totalCount }
    }"""

    assert await world.data(query, STREET) == {
        "either": {"totalCount": 12},
        "neither": {"totalCount": 18},
    }


async def test_scope_and_area_are_one_range(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "gridql.sql")
    query = "query One($under: String!) { hazards(filter: {under: $under}) { totalCount } }"

    await world.data(query, STREET, under=GRID_1)

    (statement,) = [record.getMessage() for record in caplog.records]
    assert statement.count("grid_code >=") == 1

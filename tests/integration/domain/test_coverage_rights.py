"""Coverage counts households, so only who sees households may ask for it."""

from __future__ import annotations

import pytest

from gridql.access.roles import Actor
from tests.integration.graph.people import (
    AGENCY,
    AUDITOR,
    COMMUNITY,
    DEPARTMENT,
    DISTRICT,
    STREET,
    WORKER,
)
from tests.integration.graph.world import World

COVERAGE = (
    '{ coverage(under: "370114001003001", by: GRID, since: "2026-04-01T00:00:00Z") '
    "{ code households } }"
)


@pytest.mark.parametrize(
    "actor", [DISTRICT, STREET, COMMUNITY, WORKER], ids=lambda actor: actor.role
)
async def test_offices_and_grid_workers_look_at_it(world: World, actor: Actor) -> None:
    assert await world.data(COVERAGE, actor) == {
        "coverage": [{"code": "370114001003001", "households": 3}]
    }


@pytest.mark.parametrize("actor", [DEPARTMENT, AGENCY, AUDITOR], ids=lambda actor: actor.role)
async def test_others_are_told_that_they_may_not(world: World, actor: Actor) -> None:
    response = await world.ask(COVERAGE, actor)

    assert response["data"] is None
    (error,) = response["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert error["path"] == ["coverage"]

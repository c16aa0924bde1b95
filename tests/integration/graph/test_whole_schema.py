"""Every field of every type, asked once by every role: what comes is what the schema promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gridql.access.roles import Actor, Role
from gridql.graph.executor import Engine
from gridql.graph.limits import Limits
from tests.integration.graph.asking import ids, nonconformity, possible, whole
from tests.integration.graph.people import GRID_1, ROLES, STREET_A
from tests.integration.graph.visible import VISIBLE
from tests.integration.graph.world import World

GENEROUS = Limits(depth=100, aliases=10_000, tokens=100_000, cost=10**9)

ARGUMENTS = {
    "area": f'(code: "{STREET_A}")',
    "grid": f'(code: "{GRID_1}")',
    "gridWorker": '(id: "GridWorker:1")',
    "household": '(id: "Household:1")',
    "resident": '(id: "Resident:1")',
    "place": '(id: "Place:1")',
    "visit": '(id: "Visit:1")',
    "hazard": '(id: "Hazard:61")',
    "submission": '(id: "Submission:1")',
    "coverage": '(under: "370114", by: STREET, since: "2026-04-01T00:00:00Z")',
    "webhook": '(id: "Webhook:1")',
    "form": '(name: "nineSmallPlacesShop")',
    "node": '(id: "Finding:1")',
    "nodes": '(ids: ["Hazard:1", "Visit:1", "Grid:370114002014001", "Resident:1", "Hazard:999"])',
}
"""Of root fields that ask for some; whoever adds such a field adds it here."""


ONLY_FOR = {
    "plugins": {Role.DISTRICT},
    "coverage": {Role.DISTRICT, Role.STREET, Role.COMMUNITY, Role.GRID_WORKER},
}
"""Root fields that are for some roles only, and which."""


@pytest.fixture(scope="module")
def generous(world: World) -> World:
    """The world, with an engine that lets everything through."""
    return replace(world, engine=Engine(world.engine.schema, GENEROUS))


@pytest.mark.parametrize("actor", ROLES.values(), ids=ROLES)
async def test_every_field_for_every_role(generous: World, actor: Actor) -> None:
    query = generous.engine.schema.query_type
    assert query is not None
    for root in query.fields:
        if actor.role not in ONLY_FOR.get(root, ROLES):
            continue
        asked = whole(generous.engine.schema, root, ARGUMENTS.get(root, ""), depth=2)

        data = await generous.data(f"{{ {asked.text} }}", actor)

        assert list(nonconformity(asked, data[root])) == []
        seen = VISIBLE[actor.role]
        for each in ids(data):
            name, _, key = each.partition(":")
            assert name not in seen or key in seen[name], each


async def test_every_type_over_a_table_is_reached(generous: World) -> None:
    schema = generous.engine.schema
    node = schema.get_type("Node")

    assert {of.name for of in possible(schema, node)} == {
        *VISIBLE[Role.DISTRICT],
        "FormVersion",
    }


@pytest.mark.parametrize("root", ONLY_FOR)
async def test_fields_that_are_for_some_roles_only(world: World, root: str) -> None:
    for role, actor in ROLES.items():
        response = await world.ask(f"{{ {root}{ARGUMENTS.get(root, '')} {{ __typename }} }}", actor)

        if role in ONLY_FOR[root]:
            assert "errors" not in response
        else:
            assert response["errors"][0]["extensions"] == {"code": "FORBIDDEN"}


async def test_plugins_in_the_order_of_their_discovery(world: World) -> None:
    found = await world.data("{ plugins { name reason } }")

    *bundled, own = [each["name"] for each in found["plugins"]]
    assert bundled == sorted(bundled)
    assert {"nine_small_places", "satisfaction"} <= set(bundled)
    assert own == "rounds"
    assert {each["reason"] for each in found["plugins"]} == {None}

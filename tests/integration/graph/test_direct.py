"""Operations that are called directly answer as graphql-core's executor does."""

from __future__ import annotations

from typing import Any

import pytest

from gridql.access.roles import Actor
from gridql.graph.executor import Document
from tests.integration.graph.people import AGENCY, DISTRICT, STREET, WORKER
from tests.integration.graph.world import World

FRAGMENTS = """
fragment Some on Query { ...Places hazard(id: "Hazard:1") { title } }
fragment Places on Query { places(first: 2) { edges { node { name } } } }
"""

SAME = {
    "one row": '{ hazard(id: "Hazard:1") { id title grid { name } } }',
    "one of nothing": '{ hazard(id: "Hazard:0") { id } area(code: "1") { name } }',
    "a page": "{ hazards(first: 3) { totalCount edges { node { id daysLeft } } } }",
    "several, each under a name of its own": (
        "{ a: places { totalCount } b: places(first: 1) { edges { node { id } } } "
        'c: grid(code: "370114001003001") { name } }'
    ),
    "one asked for twice": '{ hazard(id: "Hazard:1") { id } hazard(id: "Hazard:1") { title } }',
    "fragments of the root": (
        "{ ...Some ... on Query { hazards(first: 1) { totalCount } } ...Places }" + FRAGMENTS
    ),
    "statistics": (
        '{ coverage(under: "370114", by: STREET, since: "2026-01-01T00:00:00Z") '
        "{ area { name } rate } }"
    ),
    "nodes of any type": '{ nodes(ids: ["Hazard:1", "Grid:370114001003001", "X:1"]) { id } }',
    "null for a fault of its own": '{ node(id: "Hazard:1") { id } x: nodes(ids: []) { id } }',
    "a fault where there may be null": '{ hazard(id: "Hazard:1") { events(first: 0) { totalCount } '
    "events2: events(first: 0) { edges { cursor } } } }",
    "a fault where there has to be something": "{ places(first: 500) { edges { cursor } } "
    'hazard(id: "Hazard:1") { id } }',
}


def by_executor(query: str) -> str:
    """The same operation with its root fields under a directive, which takes the executor."""
    operation, brace, fragments = query.partition("fragment")
    inner = operation.strip()[1:-1]
    return f"{{ ... @include(if: true) {{ {inner} }} }} {brace}{fragments}"


@pytest.mark.parametrize("actor", [DISTRICT, STREET, WORKER, AGENCY], ids=lambda who: who.role)
@pytest.mark.parametrize("query", SAME.values(), ids=list(SAME))
async def test_the_same_answer_as_by_the_executor(world: World, query: str, actor: Actor) -> None:
    assert is_direct(world, query)
    assert not is_direct(world, by_executor(query))

    direct = await world.ask(query, actor)
    executed = await world.ask(by_executor(query), actor)

    assert list(direct.get("data") or ()) == list(executed.get("data") or ())
    assert without_places(direct) == without_places(executed)


async def test_all_faults_together(world: World) -> None:
    """The executor ends with the first fault of a field that may not be null."""
    response = await world.ask(
        "{ a: places(first: 500) { edges { cursor } } b: hazards(last: 0) { edges { cursor } } }"
    )

    assert response["data"] is None
    assert [(error["path"], error["message"]) for error in response["errors"]] == [
        (["a"], "`first` is 500, but has to be 1 to 100."),
        (["b"], "`last` is 0, but has to be 1 to 100."),
    ]


async def test_variables_reach_every_field(world: World) -> None:
    query = """
    query($one: ID!, $first: Int = 2, $zh: Boolean = false) {
      hazard(id: $one) { id title @include(if: $zh) }
      places(first: $first) { edges { node { id } } }
    }
    """

    given = await world.data(query, one="Hazard:1", first=1, zh=True)
    left_out = await world.data(query, one="Hazard:2")
    wrong = await world.ask(query, one=[1], first="x")

    assert given["hazard"] == {"id": "Hazard:1", "title": "隐患1"}
    assert len(given["places"]["edges"]) == 1
    assert left_out["hazard"] == {"id": "Hazard:2"}
    assert len(left_out["places"]["edges"]) == 2
    assert "data" not in wrong
    assert len(wrong["errors"]) == 2


@pytest.mark.parametrize(
    "query",
    [
        "{ viewer { name } }",
        "{ __typename }",
        "{ __schema { queryType { name } } }",
        '{ viewer { name } hazard(id: "Hazard:1") { id } }',
        "query($yes: Boolean = true) { places @include(if: $yes) { totalCount } }",
    ],
)
async def test_what_takes_an_executor(world: World, query: str) -> None:
    assert not is_direct(world, query)
    assert await world.data(query)


def is_direct(world: World, query: str) -> bool:
    """Whether the document's one operation is called directly."""
    document = world.engine.document(query)
    assert isinstance(document, Document), document
    operation = document.operation(None)
    assert operation is not None
    return operation.direct is not None


def without_places(response: dict[str, Any]) -> dict[str, Any]:
    """The response without where in its text each fault stands, in the order of their paths."""
    for error in response.get("errors", ()):
        del error["locations"]
    response.get("errors", []).sort(key=lambda error: error["path"])
    return response

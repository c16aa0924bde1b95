"""How many statements answers take, and which plans and documents are kept."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from gridql.access.roles import Actor
from gridql.graph.executor import Engine
from gridql.graph.lru import Cache
from gridql.graph.reader import Reader
from tests.integration.graph.people import AGENCY, DISTRICT, STREET, TWO_GRIDS, WORKER
from tests.integration.graph.world import World

FIFTY = """
query($first: Int = 50) {
  hazards(first: $first) {
    edges {
      node {
        id title severity status dueAt daysLeft
        grid { code name community { name } }
        place { name category }
        events(last: 3) { edges { node { kind occurredAt from to note } } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""


@pytest.fixture
def statements(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Every statement that is run, of the read pool and of the ORM, as a record of the log."""
    for name in ("gridql.sql", "tortoise.db_client"):
        caplog.set_level(logging.DEBUG, name)
    return caplog


def count(statements: pytest.LogCaptureFixture) -> int:
    """How many there were since the last time."""
    names = [record.name for record in statements.records]
    statements.clear()
    return names.count("gridql.sql") + names.count("tortoise.db_client")


async def test_fifty_hazards_with_all_that_belongs_to_them(
    world: World, statements: pytest.LogCaptureFixture
) -> None:
    found = await world.data(FIFTY)

    assert count(statements) == 1
    edges = found["hazards"]["edges"]
    assert len(edges) == 50
    assert edges[4]["node"] == {
        "id": "Hazard:57",
        "title": "隐患57",
        "severity": "MINOR",
        "status": "REPORTED",
        "dueAt": "2026-05-01T08:00:00.25+00:00",
        "daysLeft": 0,
        "grid": {
            "code": "370114002014001",
            "name": "山东专属网格",
            "community": {"name": "古月山"},
        },
        "place": {"name": "山下超市", "category": "N01"},
        "events": {
            "edges": [
                {
                    "node": {
                        "kind": "REPORTED",
                        "occurredAt": "2026-04-30T20:00:00.25+00:00",
                        "from": None,
                        "to": "REPORTED",
                        "note": None,
                    }
                }
            ]
        },
    }
    assert found["hazards"]["pageInfo"] == {
        "hasNextPage": True,
        "endCursor": "2026-04-23T08:00:00.25+00:00|52",
    }


async def test_one_statement_for_each_root_field(
    world: World, statements: pytest.LogCaptureFixture
) -> None:
    await world.data(
        """{
          areas { totalCount edges { node { path { name } children { totalCount } } } }
          grid(code: "370114001003001") {
            workers { edges { node { name } } }
            households { edges { node { residents { edges { node { name } } } } } }
            visits { edges { node { worker { name } } } }
          }
          hazard(id: "Hazard:61") { submission { findings { title hazard { daysLeft } } } }
          form(name: "satisfaction") { schema }
          submissions { edges { node { subject { __typename } answers { __typename } } } }
          node(id: "Visit:1") { ... on Visit { household { address } } }
        }"""
    )

    assert count(statements) == 6


async def test_no_statement_for_what_cannot_be(
    world: World, statements: pytest.LogCaptureFixture
) -> None:
    await world.data(
        '{ viewer { name } hazard(id: "Place:1") { id } node(id: "x") { id } __typename }'
    )
    await world.fails("{ hazards(first: 0) { edges { cursor } } }")
    await world.fails("{ nothing }")

    assert count(statements) == 0


async def test_a_plan_is_kept_for_each_shape_of_a_question(world: World) -> None:
    world = fresh(world)
    plans = world.services.reader.plans
    query = """
    query($n: Int, $filter: HazardFilter) { hazards(first: $n, filter: $filter) { totalCount } }
    """

    async def hits_and_misses(actor: Actor = DISTRICT, **variables: Any) -> tuple[int, int]:
        before = plans.hits, plans.misses
        await world.data(query, actor, **variables)
        return plans.hits - before[0], plans.misses - before[1]

    assert await hits_and_misses(n=1) == (0, 1)
    assert await hits_and_misses(n=2) == (1, 0)
    assert await hits_and_misses(n=None) == (0, 1)
    assert await hits_and_misses() == (0, 1)
    assert await hits_and_misses(n=1, filter={"category": {"eq": "A"}}) == (0, 1)
    assert await hits_and_misses(n=5, filter={"category": {"eq": "B"}}) == (1, 0)
    assert await hits_and_misses(n=5, filter={"category": {"in": ["B"]}}) == (0, 1)
    assert await hits_and_misses(n=5, filter={"category": {"in": ["B", "C"]}}) == (1, 0)
    assert await hits_and_misses(n=5, filter={"status": {"in": ["CLOSED"]}}) == (0, 1)
    assert await hits_and_misses(n=5, filter={"status": {"in": ["VOIDED", "CLOSED"]}}) == (1, 0)
    assert await hits_and_misses(n=5, filter={"under": "370114001"}) == (0, 1)
    assert await hits_and_misses(n=5, filter={"under": "370114002"}) == (1, 0)
    assert await hits_and_misses(n=5, filter={"under": "370114001003"}) == (0, 1)
    assert await hits_and_misses(n=5, filter={"dueAt": {"isNull": True}}) == (0, 1)
    assert await hits_and_misses(n=5, filter={"dueAt": {"isNull": False}}) == (0, 1)
    assert await hits_and_misses(STREET, n=1) == (0, 1)
    assert await hits_and_misses(replace(STREET, scopes=("370114002",)), n=1) == (1, 0)
    assert await hits_and_misses(WORKER, n=1) == (0, 1)
    assert await hits_and_misses(TWO_GRIDS, n=1) == (0, 1)
    assert await hits_and_misses(AGENCY, n=1) == (0, 1)


async def test_the_plan_that_was_not_used_for_longest_goes(world: World) -> None:
    world = fresh(world)
    reader = world.services.reader
    reader.plans = Cache(2)
    queries = [
        "{ hazards { totalCount } }",
        "{ visits { totalCount } }",
        "{ places { totalCount } }",
    ]

    async def ask(number: int) -> None:
        await world.data(queries[number])

    await ask(0)
    await ask(1)
    await ask(0)
    await ask(2)

    assert (reader.plans.hits, reader.plans.misses, reader.plans.evictions) == (1, 3, 1)
    await ask(0)
    assert reader.plans.hits == 2
    await ask(1)
    assert (reader.plans.misses, reader.plans.evictions, len(reader.plans)) == (4, 2, 2)


async def test_a_document_is_kept_unless_it_is_long_or_wrong(world: World) -> None:
    world = fresh(world)
    documents = world.engine.documents

    await world.data("{ viewer { name } }")
    await world.data("{ viewer { name } }")
    await world.fails("{ nothing }")
    refused = await world.fails("{ viewer { name } }" + "# far too long\n" * 5000)

    assert (documents.hits, len(documents)) == (1, 1)
    assert refused == "The operation's characters is 75019, and may be 60000 at most."


def fresh(world: World) -> World:
    """The same world with nothing kept yet."""
    reader = Reader(world.database, world.services.vault.index)
    return replace(
        world,
        services=replace(world.services, reader=reader),
        engine=Engine(world.engine.schema),
    )

"""Both databases give the same answers, to chosen questions and to those made by chance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gridql.access.roles import Actor
from gridql.graph.executor import Engine
from gridql.graph.limits import Limits
from tests.conftest import Dialect
from tests.integration.graph.asking import Asked, nonconformity
from tests.integration.graph.chance import Chance
from tests.integration.graph.people import AGENCY, DEPARTMENT, DISTRICT, TWO_GRIDS, WORKER
from tests.integration.graph.questions import QUESTIONS
from tests.integration.graph.world import World, Worlds

GENEROUS = Limits(depth=100, aliases=10_000, tokens=100_000, cost=10**9)
ACTORS = (DISTRICT, WORKER, AGENCY, DEPARTMENT, TWO_GRIDS)
BY_CHANCE = 200


async def test_chosen_questions(worlds: Worlds) -> None:
    async def answers(dialect: Dialect) -> list[Any]:
        async with worlds.open(dialect) as world:
            return [await world.data(query, **options) for query, options in QUESTIONS]

    of_sqlite, of_postgres = await answers("sqlite"), await answers("postgres")

    for (query, _), one, other in zip(QUESTIONS, of_sqlite, of_postgres, strict=True):
        assert one == other, query


async def test_questions_by_chance(worlds: Worlds) -> None:
    async def answers(dialect: Dialect) -> list[tuple[Asked, Actor, Any]]:
        async with worlds.open(dialect) as world:
            generous = replace(world, engine=Engine(world.engine.schema, GENEROUS))
            chance = Chance(world.engine.schema, seed=20260501)
            found = []
            for number in range(BY_CHANCE):
                asked, actor = chance.question(), ACTORS[number % len(ACTORS)]
                found.append((asked, actor, await _answer(generous, asked, actor)))
            return found

    of_sqlite, of_postgres = await answers("sqlite"), await answers("postgres")

    for (asked, actor, one), (_, _, other) in zip(of_sqlite, of_postgres, strict=True):
        assert one == other, (actor.role, asked.text)
        assert list(nonconformity(asked, one[asked.key])) == [], (actor.role, asked.text)


async def _answer(world: World, asked: Asked, actor: Actor) -> Any:
    return await world.data(f"{{ {asked.text} }}", actor)

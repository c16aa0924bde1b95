"""Both databases give the same answers to chosen questions."""

from __future__ import annotations

from typing import Any

from tests.conftest import Dialect
from tests.integration.graph.questions import QUESTIONS
from tests.integration.graph.world import Worlds


async def test_chosen_questions(worlds: Worlds) -> None:
    async def answers(dialect: Dialect) -> list[Any]:
        async with worlds.open(dialect) as world:
            return [await world.data(query, **options) for query, options in QUESTIONS]

    of_sqlite, of_postgres = await answers("sqlite"), await answers("postgres")

    for (query, _), one, other in zip(QUESTIONS, of_sqlite, of_postgres, strict=True):
        assert one == other, query

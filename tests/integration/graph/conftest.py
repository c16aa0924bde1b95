"""The world that the read engine is asked about: one for each module, as nothing is written."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.graph.world import World, Worlds


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
async def world(
    request: pytest.FixtureRequest, anyio_backend: str, worlds: Worlds
) -> AsyncIterator[World]:
    """The world on each kind of database."""
    async with worlds.open(request.param) as world:
        yield world

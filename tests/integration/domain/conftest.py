"""A world of its own for each test, because actions change it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conftest import Dialect
from tests.integration.graph.world import World, Worlds


@pytest.fixture
async def world(dialect: Dialect, worlds: Worlds) -> AsyncIterator[World]:
    """The world on each kind of database, as it was settled."""
    async with worlds.open(dialect) as world:
        yield world

"""A database of this version's tables, of either kind."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gridql.database import Database, connect
from tests.conftest import Postgres
from tests.integration.graph.world import Worlds


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """An open database with empty tables; the test runs on SQLite and on PostgreSQL."""
    opened = await connect(migrated_url)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture(scope="session")
def worlds(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    """Where copies of the small fixed world come from."""
    return Worlds(tmp_path_factory.mktemp("worlds"), postgres)

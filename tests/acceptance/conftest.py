"""Servers to play against: one for all plays on each database, or one of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from tests.acceptance.processes import Installation, Server
from tests.acceptance.town import Town, town_of
from tests.conftest import Postgres


@dataclass(frozen=True)
class House:
    """A server that many plays share, on a database that knows of all of them."""

    server: Server
    database_url: str
    streets: Iterator[int] = field(default_factory=lambda: count(1))


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A started server on an empty database of each kind."""
    folder = tmp_path_factory.mktemp("house")
    url = f"sqlite:///{folder / 'gridql.sqlite3'}"
    if request.param == "postgres":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.url(postgres.create())
    installation = Installation(folder, url)
    migrated = installation.run("migrate")
    assert migrated.returncode == 0, migrated.stderr
    with installation.serving() as server:
        yield House(server, url)


@pytest.fixture
async def town(house: House) -> AsyncIterator[Town]:
    """The town behind the shared server; a test sees of it what lies in its own streets."""
    async with town_of(house.server.url, house.database_url, house.streets) as town:
        yield town


@pytest.fixture
def installation(migrated_url: str, tmp_path: Path) -> Installation:
    """An installation of the test's own, on an empty database with all its tables."""
    return Installation(tmp_path, migrated_url)

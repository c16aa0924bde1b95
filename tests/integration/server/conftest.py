"""Starts the server that the protocols are tried on, once for each module of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gridql.access.tokens import Actors
from gridql.database import connect, migrate
from gridql.server.app import assemble
from gridql.server.http import GraphqlEndpoint
from gridql.server.parts import Parts
from gridql.server.streams import StreamsEndpoint
from tests.integration.server.trial import (
    SERVICES,
    Running,
    happenings,
    holding,
    newcomer,
    schema,
    serving,
)


@pytest.fixture(scope="module")
async def server(
    anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Running]:
    happenings.reset()
    path = tmp_path_factory.mktemp("server") / "gridql.sqlite3"
    database = await connect(f"sqlite:///{path}")
    try:
        await migrate(database)
        actors = Actors(database)
        app = assemble(
            holding(Parts(schema, actors, SERVICES)),
            http=GraphqlEndpoint(body_timeout_s=0.5),
            streams=StreamsEndpoint(init_timeout_s=0.5, max_operations=3),
        )
        async with serving(app) as port:
            yield Running(port, await newcomer("王芳"), actors)
    finally:
        await database.close()


@pytest.fixture(autouse=True)
async def nothing_runs_on(server: Running) -> AsyncIterator[None]:
    """Every test begins with nothing running in the schema and leaves nothing behind."""
    happenings.tick.clear()
    yield
    await happenings.until(running=0)

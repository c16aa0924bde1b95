"""Starts the server that the protocols are tried on, once for each module of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tortoise import Tortoise

from gridql.access.tokens import Actors
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
async def server(anyio_backend: str) -> AsyncIterator[Running]:
    happenings.reset()
    await Tortoise.init(
        db_url="sqlite://:memory:",
        modules={"gridql": ["gridql.access.models"]},
        _enable_global_fallback=True,
    )
    await Tortoise.generate_schemas()
    actors = Actors()
    app = assemble(
        holding(Parts(schema, actors, SERVICES)),
        http=GraphqlEndpoint(body_timeout_s=0.5),
        streams=StreamsEndpoint(init_timeout_s=0.5, max_operations=3),
    )
    try:
        async with serving(app) as port:
            yield Running(port, await newcomer("王芳"), actors)
    finally:
        await Tortoise.close_connections()


@pytest.fixture(autouse=True)
async def nothing_runs_on(server: Running) -> AsyncIterator[None]:
    """Every test begins with nothing running in the schema and leaves nothing behind."""
    happenings.tick.clear()
    yield
    await happenings.until(running=0)

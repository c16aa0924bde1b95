"""The whole application: what it refuses to start with, what it opens, and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from gridql.access import accounts, tokens
from gridql.access.roles import Role
from gridql.database import connect
from gridql.errors import SetupError
from gridql.server.app import assemble
from gridql.server.opening import opened
from gridql.server.serving import listen, serve
from gridql.settings import Settings, load
from tests.integration.server.trial import COST, holding, serving


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return load({}, tmp_path, data_dir=tmp_path, database_url=database_url, port=0)


@pytest.fixture
async def token(settings: Settings, migrated_url: str) -> AsyncIterator[str]:
    """A token in a database with all its tables."""
    database = await connect(migrated_url)
    try:
        account = await accounts.register("李敏", Role.DISTRICT, ["370114"])
        yield await tokens.create(account, "test")
    finally:
        await database.close()


async def test_tables_of_another_version_are_refused(settings: Settings) -> None:
    with pytest.raises(SetupError, match="run `gridql migrate`"):
        await serve(settings)


async def test_it_serves_until_a_signal_ends_it(settings: Settings, token: str) -> None:
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(settings, ready.set_result))
    address = await ready

    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=address, headers=headers) as client:
        answer = await client.post("/graphql", json={"query": "{ __typename }"})
        readiness = await client.get("/readyz")
        sdl = await client.get("/schema.graphql")
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 10)

    assert answer.json() == {"data": {"__typename": "Query"}, **COST}
    assert readiness.json() == {"status": "ok", "database": "ok", "journal": "ok"}
    assert "input FormAnswersInput" in sdl.text
    async with httpx.AsyncClient(base_url=address) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("/healthz")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_it_is_not_ready_without_its_database(settings: Settings, token: str) -> None:
    async with opened(settings) as parts, serving(assemble(holding(parts))) as port:
        await parts.services.database.close()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            readiness = await client.get("/readyz")
            health = await client.get("/healthz")

    assert readiness.status_code == 503
    assert readiness.json() == {"status": "failing", "database": "failing", "journal": "ok"}
    assert health.status_code == 200


def test_an_address_in_use() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(SetupError, match=rf"cannot listen on 127\.0\.0\.1:{port}: Address"):
            listen("127.0.0.1", port)


def test_an_address_that_is_none() -> None:
    with pytest.raises(SetupError, match=r"cannot listen on 192\.0\.2\.1:8000"):
        listen("192.0.2.1", 8000)

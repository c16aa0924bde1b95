"""The same world behind two servers at once, one on each database, and asking both over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, TypeVar

import httpx
from tortoise import Tortoise

from gridql import clock
from gridql.access import tokens
from gridql.access.models import Account
from gridql.access.roles import Actor
from gridql.access.tokens import Actors
from gridql.errors import Lang
from gridql.graph.executor import Engine
from gridql.graph.limits import Limits
from gridql.server.app import assemble
from gridql.server.parts import Parts
from tests.conftest import Dialect
from tests.integration.graph.people import ACCOUNTS
from tests.integration.graph.plain.tables import Tables, load
from tests.integration.graph.world import World, Worlds
from tests.integration.server.trial import holding, serving

T = TypeVar("T")

GENEROUS = Limits(**{each.name: 10**9 for each in fields(Limits)})


@dataclass(frozen=True)
class Door:
    """A server over one database, and what stands in that."""

    dialect: Dialect
    world: World
    tables: Tables
    http: httpx.Client
    tokens: dict[Actor, str]

    def post(
        self, query: str, variables: dict[str, Any], actor: Actor, lang: Lang
    ) -> httpx.Response:
        """The response to one request, whatever it is."""
        return self.http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={
                "Authorization": f"Bearer {self.tokens[actor]}",
                "Accept": "application/graphql-response+json",
                "Accept-Language": lang,
            },
        )


@asynccontextmanager
async def both(worlds: Worlds, actors: Sequence[Actor] = ACCOUNTS) -> AsyncIterator[list[Door]]:
    """A door to a world on SQLite and one on PostgreSQL, open at the same time."""
    async with (
        _apart(_door(worlds, "sqlite", actors)) as one,
        _apart(_door(worlds, "postgres", actors)) as other,
    ):
        yield [one, other]


@asynccontextmanager
async def _door(worlds: Worlds, dialect: Dialect, actors: Sequence[Actor]) -> AsyncIterator[Door]:
    async with worlds.open(dialect) as world:
        issued = {
            actor: await tokens.create(await Account.get(id=actor.account_id), "door")
            for actor in actors
        }
        tables = await load()
        # Tortoise opens one database at a time in a process; the graph reads without it.
        await Tortoise.close_connections()
        parts = Parts(
            world.engine.schema,
            Actors(world.database),
            world.services,
            make_engine=partial(Engine, limits=GENEROUS),
        )
        with clock.using(world.clock):
            async with serving(assemble(holding(parts))) as port:
                with httpx.Client(
                    base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False
                ) as http:
                    yield Door(dialect, world, tables, http, issued)


@asynccontextmanager
async def _apart(opening: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
    """Enter `opening` in a task of its own, so that neither finds the other's Tortoise."""
    opened: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    enough = asyncio.Event()

    async def hold() -> None:
        try:
            async with opening as found:
                opened.set_result(found)
                await enough.wait()
        except Exception as error:  # whoever opens it gets to know
            if opened.done():
                raise
            opened.set_exception(error)

    holding_it = asyncio.create_task(hold())
    try:
        yield await opened
    finally:
        enough.set()
        await holding_it

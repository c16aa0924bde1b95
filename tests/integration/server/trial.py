"""A server over real sockets, with a small schema of its own to try the protocols on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from itertools import count as numbers
from typing import Any

import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, StatefulLifespan
from strawberry.types import Info

from gridql.access import accounts, tokens
from gridql.access.models import Account, Token
from gridql.access.roles import Role
from gridql.access.tokens import Actors
from gridql.server.parts import Parts
from gridql.server.serving import listen, uvicorn_config

COST: dict[str, Any] = {"extensions": {"cost": 0}}
"""What every answer to a query or mutation carries; scalars cost nothing."""

SERVICES: Any = None
"""The trial schema's resolvers need none."""


class Happenings:
    """What the schema's resolvers do, for a test to look at and to prompt."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew, for another event loop."""
        self.running = 0
        self.done = 0
        self.tick = asyncio.Event()
        self._changed = asyncio.Event()

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Something long is running within this."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    async def until(self, running: int) -> None:
        """Wait until so much is running."""
        async with asyncio.timeout(30):
            while self.running != running:
                self._changed.clear()
                await self._changed.wait()

    def _count(self, change: int) -> None:
        self.running += change
        self._changed.set()


happenings = Happenings()


@strawberry.type
class Query:
    @strawberry.field
    async def viewer(self, info: Info) -> str:
        return f"{info.context.actor.name} {info.context.lang}"

    @strawberry.field
    async def scopes(self, info: Info) -> list[str]:
        return list(info.context.actor.scopes)

    @strawberry.field
    async def request_id(self, info: Info) -> str:
        return str(info.context.request_id)

    @strawberry.field
    async def echo(self, text: str) -> str:
        return text

    @strawberry.field
    async def fails(self) -> str | None:
        raise RuntimeError("secret: the password is 12345")

    @strawberry.field
    async def waits(self) -> str:
        with happenings.under_way():
            await asyncio.sleep(60)
        return "never"


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def note(self, text: str) -> str:
        return f"noted {text}"

    @strawberry.mutation
    async def scopes(self, info: Info) -> list[str]:
        return list(info.context.actor.scopes)

    @strawberry.mutation
    async def takes_long(self) -> str:
        with happenings.under_way():
            await happenings.tick.wait()
            happenings.done += 1
        return "done"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int) -> AsyncIterator[int]:
        for number in range(1, to + 1):
            yield number

    @strawberry.subscription
    async def ticks(self) -> AsyncIterator[int]:
        with happenings.under_way():
            for number in numbers(1):
                await happenings.tick.wait()
                happenings.tick.clear()
                yield number

    @strawberry.subscription
    async def flood(self) -> AsyncIterator[str]:
        with happenings.under_way():
            while True:
                yield "x" * 100_000

    @strawberry.subscription
    async def breaks(self) -> AsyncIterator[int]:
        yield 1
        raise RuntimeError("secret: the password is 12345")


schema = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription)._schema


@dataclass
class Running:
    """A started server, and a token that opens it."""

    port: int
    token: str
    actors: Actors

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


async def newcomer(name: str) -> str:
    """The token of a new account."""
    account = await accounts.register(name, Role.STREET, ["370114001"])
    return await tokens.create(account, "test")


async def narrow(name: str) -> None:
    """From now on the account sees one community only."""
    await Account.filter(name=name).update(scopes=["370114001003"])


async def revoke(name: str) -> None:
    """From now on the account's tokens are not valid."""
    for token in await Token.filter(account__name=name):
        await tokens.revoke(token.id)


def holding(parts: Parts) -> StatefulLifespan[Starlette]:
    """The lifespan of an application whose parts are there already."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, Any]]:
        yield {"parts": parts}

    return lifespan


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[int]:
    """Serve `app` on a free port within this event loop."""
    with closing(listen("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn_config(app))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield port
        finally:
            server.should_exit = True
            await task

"""The server that a good team would write with Strawberry and Tortoise: what gridql is held to.

TO BE WRITTEN
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
from cross_web import HTTPException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from tortoise import Tortoise
from tortoise.backends.base.config_generator import expand_db_url

from gridql.access.tokens import Actors
from gridql.database import APP, MODELS
from gridql.errors import Unauthenticated
from tests.benchmarks.idiomatic.loaders import Context
from tests.benchmarks.idiomatic.schema import schema

ACTORS = Actors()


class Endpoint(GraphQL[Context, None]):
    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise Unauthenticated("no bearer token")
            return Context(actor=await ACTORS.of(token))
        except Unauthenticated as error:
            raise HTTPException(401, str(error)) from error

    def decode_json(self, data: str | bytes) -> object:
        return orjson.loads(data)

    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)


def database(url: str) -> dict[str, object]:
    """Tortoise's settings for the tables that gridql's migrations made."""
    if url.startswith("sqlite:"):
        connection = expand_db_url(url)
        connection["engine"] = "gridql.sqlite_engine"
    else:
        connection = expand_db_url("asyncpg" + url[url.index("://") :])
        connection["credentials"] |= {"minsize": 4, "maxsize": 10}
    return {
        "connections": {"default": connection},
        "apps": {APP: {"models": list(MODELS), "default_connection": "default"}},
        "use_tz": True,
        "timezone": "UTC",
    }


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    await Tortoise.init(config=database(os.environ["DATABASE_URL"]), _enable_global_fallback=True)
    try:
        yield
    finally:
        await Tortoise.close_connections()


app = Starlette(
    routes=[Route("/graphql", Endpoint(schema, graphql_ide=None))], lifespan=lifespan
)

"""The server that a good team would write with Strawberry and Tortoise: what gridql is held to.

It stands over the same tables and answers the same three queries with the same JSON, which the
driver checks before it measures. It does what the libraries' own documentation advises, and where
two ways are open, the one that was measured to cost less:

- **Types** are made from rows; only relations have resolvers. To-one relations of a page come by
  joins (`select_related`), everything else that is asked for through DataLoaders, one set for each
  request. (DataLoaders alone: a sixth more for a page.)
- **The last events** of a hazard are taken from all of its events, which are few: Tortoise has no
  window functions, and a statement for each hazard is what DataLoaders are there to avoid.
- **The dashboard** is three statements at once, grouped and counted by the database.
- **Documents** are parsed once and, as far as it goes, validated once: `ParserCache` and
  `ValidationCache`. The limits that Strawberry recommends for production are on, as its
  documentation writes them: `lambda: QueryDepthLimiter(…)`. So written, every request gets rules of
  its own, and the ValidationCache never knows a document again. A team that measured would find
  that out and make the rules once: with RULES_MADE_ONCE=1 in its environment this server does, and
  is measured beside the other as `tuned`.
- **Serving**: uvicorn with uvloop and httptools, no access log, no debug, no GraphiQL; Strawberry's
  plain ASGI application, lighter than the router for FastAPI; orjson in and out; asyncpg's pool.
- **Rights**: the same bearer tokens, remembered for the same two seconds, and only rows within the
  caller's scope. Nothing is masked: the queries ask for nothing that would be.

Tables are declared by gridql's models, whose columns convert less than Tortoise's own do. What it
lacks of gridql's contract (request ids, languages, content negotiation, the cost of a query) would
only add to what it takes.
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

from gridql.database import APP, MODELS
from tests.benchmarks.idiomatic.loaders import Context
from tests.benchmarks.idiomatic.schema import build
from tests.benchmarks.idiomatic.tokens import Actors, Unknown


class Endpoint(GraphQL[Context, None]):
    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise Unknown
            return Context(actor=await request.app.state.actors.of(token))
        except Unknown:
            raise HTTPException(401, "a bearer token is needed") from None

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
    app.state.actors = Actors()
    try:
        yield
    finally:
        await Tortoise.close_connections()


schema = build(rules_made_once=os.environ.get("RULES_MADE_ONCE") == "1")
app = Starlette(routes=[Route("/graphql", Endpoint(schema, graphql_ide=None))], lifespan=lifespan)

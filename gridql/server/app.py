"""The application: its routes, around the parts that it serves from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send, StatefulLifespan

from gridql.server import pages
from gridql.server.envelope import Envelope
from gridql.server.http import GraphqlEndpoint
from gridql.server.opening import opened
from gridql.server.streams import StreamsEndpoint
from gridql.settings import Settings


def build(settings: Settings) -> ASGIApp:
    """The application for these settings; it opens everything when its lifespan begins."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, Any]]:
        async with opened(settings) as parts:
            yield {"parts": parts}

    return assemble(lifespan)


def assemble(
    lifespan: StatefulLifespan[Starlette],
    *,
    http: GraphqlEndpoint | None = None,
    streams: StreamsEndpoint | None = None,
) -> ASGIApp:
    """Put routes and the envelope around the parts that `lifespan` yields as `{"parts": …}`."""
    graphql = http or GraphqlEndpoint()
    pages_and_streams = Starlette(
        routes=[
            WebSocketRoute("/graphql", streams or StreamsEndpoint()),
            Route("/healthz", pages.healthz),
            Route("/readyz", pages.readyz),
            Route("/schema.graphql", pages.sdl),
            Route("/", pages.home),
        ],
        exception_handlers=pages.EXCEPTION_HANDLERS,
        lifespan=lifespan,
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # Nearly every request goes here: what it passes through on its way, each of them pays.
        if scope["type"] == "http" and scope["path"] == "/graphql":
            await graphql(scope, receive, send)
        else:
            await pages_and_streams(scope, receive, send)

    return Envelope(app)

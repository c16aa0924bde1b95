"""The application: its routes, and what is opened at start and closed at shutdown."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute
from starlette.types import StatefulLifespan
from tortoise import Tortoise

from gridql import schema
from gridql.access import enforce
from gridql.access.tokens import Actors
from gridql.access.vault import Vault
from gridql.database import connect, require_tables
from gridql.forms.library import Library
from gridql.graph.context import Services
from gridql.graph.expose import exposed_models
from gridql.graph.forms import with_forms
from gridql.graph.reader import Reader
from gridql.hooks import Plugins, discover
from gridql.journal.sequencer import Sequencer
from gridql.journal.tail import Tail
from gridql.server import pages
from gridql.server.envelope import Envelope
from gridql.server.http import GraphqlEndpoint
from gridql.server.parts import Parts
from gridql.server.streams import StreamsEndpoint
from gridql.settings import Settings

log = logging.getLogger("gridql.server")


def build(settings: Settings) -> Starlette:
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
) -> Starlette:
    """Put routes and middleware around the parts that `lifespan` yields as `{"parts": …}`."""
    return Starlette(
        routes=[
            Route("/graphql", http or GraphqlEndpoint()),
            WebSocketRoute("/graphql", streams or StreamsEndpoint()),
            Route("/healthz", pages.healthz),
            Route("/readyz", pages.readyz),
            Route("/schema.graphql", pages.sdl),
            Route("/", pages.home),
        ],
        middleware=[Middleware(Envelope)],
        exception_handlers=pages.EXCEPTION_HANDLERS,
        lifespan=lifespan,
    )


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Parts]:
    """Everything that a server works with, closed again at the end.

    Raises SetupError when the database's tables are not those of this version.
    """
    async with AsyncExitStack() as stack:
        database = await connect(
            settings.database_url,
            timeout_s=settings.statement_timeout_s,
            read_connections=settings.read_connections,
        )
        stack.push_async_callback(database.close)
        await require_tables(database)
        vault = Vault.open(settings.vault_key_file)
        plugins = discover(
            settings.plugins_dir, allow=settings.plugins_allow, deny=settings.plugins_deny
        )
        frame = schema.frame()
        enforce.check(exposed_models(frame), Tortoise.apps.get_models_iterable())
        library = await _published(plugins, reserved=frame.type_map)
        tail = Tail(database)
        await tail.open()
        services = Services(
            database=database,
            reader=Reader(database, vault.index),
            library=library,
            plugins=plugins,
            tail=tail,
            vault=vault,
        )
        beside: list[Coroutine[Any, Any, None]] = [tail.run()]
        if database.dialect == "postgres":
            beside.append(Sequencer(database).run())
        tasks = [asyncio.create_task(each) for each in beside]
        stack.push_async_callback(_stop, tasks)
        for task in tasks:
            task.add_done_callback(_report)
        versions = [published.form for published in library.all()]
        yield Parts(with_forms(frame, versions), Actors(database), services, tasks)


async def _published(plugins: Plugins, reserved: Collection[str]) -> Library:
    """The library with the plugins' forms in it; who brings one that it refuses is put out."""
    library = Library(reserved)
    for refused in await library.publish(plugins.forms()):
        plugins.quarantine(refused.form.plugin, refused.reason)
    return library


async def _stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _report(task: asyncio.Task[None]) -> None:
    # These run for as long as the server does; /readyz says from now on that one is missing.
    if not task.cancelled():
        log.critical("a task beside the requests has ended", exc_info=task.exception())

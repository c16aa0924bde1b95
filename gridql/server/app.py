"""The application: its routes, and what is opened at start and closed at shutdown."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send, StatefulLifespan
from tortoise import Tortoise

from gridql import schema
from gridql.access import enforce
from gridql.access.tokens import Actors
from gridql.access.vault import Vault
from gridql.database import connect, require_tables
from gridql.errors import SetupError
from gridql.forms.library import Library
from gridql.graph import trusted
from gridql.graph.context import Services
from gridql.graph.executor import Engine
from gridql.graph.expose import exposed_models
from gridql.graph.forms import with_forms
from gridql.graph.limits import Limits
from gridql.graph.reader import Reader
from gridql.graph.trusted import Manifest, TrustedDocuments
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


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Parts]:
    """Everything that a server works with, closed again at the end.

    Raises SetupError when the database's tables are not those of this version, and for everything
    that is wrong with the trusted documents.
    """
    documents = settings.trusted_documents
    manifest = trusted.read(documents) if documents is not None else None
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
        parts = Parts(
            with_forms(frame, versions),
            Actors(database),
            services,
            tasks,
            partial(
                Engine,
                limits=_limits(settings),
                trusted=TrustedDocuments(manifest.documents) if manifest else None,
                introspection=settings.introspection,
                suggestions=settings.suggestions,
            ),
        )
        if manifest is not None:
            _require_fit(manifest, parts)
        yield parts


def _limits(settings: Settings) -> Limits:
    return Limits(
        depth=settings.max_depth,
        aliases=settings.max_aliases,
        tokens=settings.max_tokens,
        directives=settings.max_directives,
        root_fields=settings.max_root_fields,
        cost=settings.max_cost,
    )


def _require_fit(manifest: Manifest, parts: Parts) -> None:
    faults = [*manifest.faults, *parts.unfit]
    if faults:
        head = f"the trusted documents in {manifest.path} are wrong:"
        raise SetupError("\n  ".join([head, *faults]))


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

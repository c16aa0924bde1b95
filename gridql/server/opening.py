"""What a server works with: opened at start and closed at shutdown."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from graphql import GraphQLSchema
from tortoise import Tortoise

from gridql import handling, schema
from gridql.access import enforce
from gridql.access.tokens import Actors
from gridql.access.vault import Vault
from gridql.database import connect, keep_figures, require_tables
from gridql.errors import SetupError
from gridql.forms.library import Library
from gridql.graph import trusted
from gridql.graph.context import Services
from gridql.graph.executor import Engine
from gridql.graph.expose import exposed_models
from gridql.graph.limits import Limits
from gridql.graph.reader import Reader
from gridql.graph.trusted import Manifest, TrustedDocuments
from gridql.hooks import Discovery, disabled
from gridql.journal.sequencer import Sequencer
from gridql.journal.tail import Tail
from gridql.server.clockwork import Clockwork
from gridql.server.parts import Parts
from gridql.server.reloading import Reloading
from gridql.server.watching import watch
from gridql.server.webhooks import delivering
from gridql.settings import Settings

log = logging.getLogger("gridql.server")


@asynccontextmanager
async def opened(settings: Settings, *, ticking: bool = True) -> AsyncIterator[Parts]:
    """Everything that a server works with, closed again at the end.

    Not `ticking` is for who fills a database with a past: the clock is not to run into it.

    Raises SetupError when the database's tables are not those of this version, and for everything
    that is wrong with the rules for handling hazards or with the trusted documents.
    """
    rules = handling.read(settings.hazard_rules)
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
        frame = schema.frame()
        enforce.check(exposed_models(frame), Tortoise.apps.get_models_iterable())
        library = Library(reserved=frame.type_map)
        reloading = Reloading(Discovery.of(settings), library)
        plugins = await reloading.begin()
        tail = Tail(database, follow_days=settings.follow_days)
        await tail.open()
        webhooks = await stack.enter_async_context(delivering(settings, database))
        services = Services(
            database=database,
            reader=Reader(database, vault.index),
            library=library,
            plugins=plugins,
            tail=tail,
            vault=vault,
            handling=rules,
            reload=reloading.reload,
            outlet=webhooks.outlet,
        )
        actors = Actors(database)
        beside = [tail.run(), actors.keep_watch(), keep_figures(database), webhooks.run()]
        if ticking:
            beside.append(Clockwork(rules).run())
        if database.dialect == "postgres":
            beside.append(Sequencer(database).run())
        tasks = [_started(each, stack) for each in beside]
        parts = Parts(
            reloading.typed(frame),
            actors,
            services,
            tasks,
            _engines(settings, manifest),
        )
        if manifest is not None:
            _require_fit(manifest, parts)
        reloading.serve(parts)
        webhooks.serve(parts)
        if settings.plugins_watch:
            switched = disabled.path_in(settings.data_dir)
            _started(watch([settings.plugins_dir], [switched], reloading.take_changes), stack)
        yield parts


def _engines(settings: Settings, manifest: Manifest | None) -> Callable[[GraphQLSchema], Engine]:
    """What makes an engine of a schema, now and whenever that changes."""
    return partial(
        Engine,
        limits=_limits(settings),
        trusted=TrustedDocuments(manifest.documents) if manifest else None,
        introspection=settings.introspection,
        suggestions=settings.suggestions,
    )


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


def _started(run: Coroutine[Any, Any, None], stack: AsyncExitStack) -> asyncio.Task[None]:
    """A task for as long as the server is open; /readyz says it when one has ended before."""
    task = asyncio.create_task(run)
    task.add_done_callback(_report)
    stack.push_async_callback(_stop, task)
    return task


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        log.critical("a task beside the requests has ended", exc_info=task.exception())

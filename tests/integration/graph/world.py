"""A small fixed world on either database, and asking it in GraphQL as somebody."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from graphql import GraphQLSchema, OperationType

from gridql import clock, schema
from gridql.access.roles import Actor
from gridql.access.vault import Keys, Vault
from gridql.database import Database, connect, migrate
from gridql.forms.library import Library
from gridql.graph import single
from gridql.graph.context import Context, Outlet, Services
from gridql.graph.executor import Engine, Request
from gridql.graph.reader import Reader
from gridql.handling import Handling
from gridql.hooks import Plugins, discover
from gridql.journal.sequencer import number
from gridql.journal.tail import Tail
from tests.conftest import Dialect, Postgres
from tests.integration.graph.inhabitants import NOW, settle
from tests.integration.graph.people import DISTRICT

PLUGINS = Path(__file__).parent / "plugins"

QUERY = frozenset({OperationType.QUERY})
ANY = frozenset({OperationType.QUERY, OperationType.MUTATION})


@dataclass
class World:
    """An open database with everybody in it, and the engine over it."""

    database: Database
    services: Services
    engine: Engine
    clock: clock.HeldClock = field(default_factory=lambda: clock.HeldClock(NOW))

    async def ask(
        self,
        query: str,
        actor: Actor = DISTRICT,
        *,
        lang: Any = "en",
        operation: str | None = None,
        **variables: Any,
    ) -> dict[str, Any]:
        """The whole response."""
        context = Context(actor, lang, "request-7", self.services)
        request = Request(query, operation, variables)
        with clock.using(self.clock):
            result = await self.engine.execute(request, context, allow=ANY)
        response: dict[str, Any] = orjson.loads(result.body)
        assert result.is_request_error is ("data" not in response)
        return response

    async def data(self, query: str, actor: Actor = DISTRICT, **options: Any) -> Any:
        """The data of a response without errors."""
        response = await self.ask(query, actor, **options)
        assert "errors" not in response, response["errors"]
        return response["data"]

    async def fails(self, query: str, actor: Actor = DISTRICT, **options: Any) -> str:
        """The message of the response's one error."""
        response = await self.ask(query, actor, **options)
        (error,) = response["errors"]
        message: str = error["message"]
        return message


@dataclass
class Worlds:
    """Makes worlds: everybody settles once for each kind of database, then it is copied."""

    folder: Path
    postgres: Postgres
    plugins: Plugins = field(default_factory=lambda: discover(PLUGINS))
    _settled: dict[Dialect, str] = field(default_factory=dict)
    _schema: GraphQLSchema | None = None
    _copies: int = 0

    @asynccontextmanager
    async def open(self, dialect: Dialect, **options: Any) -> AsyncIterator[World]:
        """A world of its own for whoever opens it; `options` as of `connect`."""
        if dialect not in self._settled:
            self._settled[dialect] = await self._settle(dialect)
        name = self._copy(dialect, self._settled[dialect])
        try:
            database = await connect(self._url(dialect, name), **options)
            try:
                yield await self._world(database)
            finally:
                await database.close()
        finally:
            self._drop(dialect, name)

    async def _world(self, database: Database) -> World:
        library = Library()
        assert await library.publish(self.plugins.forms()) == ()
        if self._schema is None:
            self._schema = schema.build([published.form for published in library.all()])
        vault = Vault(KEYS)
        reader = Reader(database, vault.index)
        tail = Tail(database)
        with clock.using(clock.HeldClock(NOW)):
            await tail.open()
        engine = Engine(self._schema)
        services = Services(
            database,
            reader,
            library,
            self.plugins,
            tail,
            vault,
            Handling(),
            outlet=Outlet(partial(single.faults, engine), False, lambda: None),
        )
        return World(database, services, engine)

    async def _settle(self, dialect: Dialect) -> str:
        name = self.postgres.create() if dialect == "postgres" else "settled"
        database = await connect(self._url(dialect, name))
        try:
            await migrate(database)
            library = Library()
            with clock.using(clock.HeldClock(NOW)):
                await library.publish(self.plugins.forms())
                await settle(library, self.plugins, Vault(KEYS))
            await number(database)
        finally:
            await database.close()
        return name

    def _url(self, dialect: Dialect, name: str) -> str:
        if dialect == "postgres":
            return self.postgres.url(name)
        return f"sqlite:///{self.folder / name}.sqlite3"

    def _copy(self, dialect: Dialect, settled: str) -> str:
        self._copies += 1
        name = f"copy_{self._copies}"
        if dialect == "postgres":
            self.postgres.copy(settled, name)
        else:
            shutil.copy(self.folder / f"{settled}.sqlite3", self.folder / f"{name}.sqlite3")
        return name

    def _drop(self, dialect: Dialect, name: str) -> None:
        if dialect == "postgres":
            self.postgres.run(f"DROP DATABASE {name}")


KEYS = Keys({"1": b"s" * 32}, "1", b"i" * 32)
"""The same in every world, so that the blind indexes are as well."""

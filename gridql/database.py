"""Connections: Tortoise for what actions write, a read-only pool for what the graph reads."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar
from urllib.parse import unquote, urlsplit

from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connection
from tortoise.exceptions import BaseORMException, IntegrityError, OperationalError
from tortoise.migrations.executor import MigrationExecutor
from tortoise.transactions import in_transaction

from gridql.errors import SetupError
from gridql.sqlite_engine import SqliteReadPool

try:
    from gridql.postgres_engine import (
        ERRORS,
        VANISHED,
        PostgresReadPool,
        nothing_to_reset,
        open_read_pool,
    )
except ImportError:  # the extra `postgres` is not installed
    POSTGRES = False
    UNREACHABLE: tuple[type[Exception], ...] = (OSError, sqlite3.Error, BaseORMException)
else:
    POSTGRES = True
    UNREACHABLE = (OSError, sqlite3.Error, BaseORMException, *ERRORS)
"""What is raised below where a database is not there, or is none of ours."""

APP = "gridql"
MIGRATIONS = "gridql.migrations"
MODELS = (
    "gridql.access.models",
    "gridql.journal.models",
    "gridql.forms.models",
    "gridql.domain.areas.models",
    "gridql.domain.workers.models",
    "gridql.domain.people.models",
    "gridql.domain.places.models",
    "gridql.domain.visits.models",
    "gridql.domain.hazards.models",
    "gridql.domain.submissions.models",
    "gridql.domain.agencies.models",
)
"""Every module with tables, by name: the ground does not import the rooms that stand on it."""

FIGURES_EVERY_S = 3600

T = TypeVar("T")
Dialect = Literal["sqlite", "postgres"]

statements = logging.getLogger("gridql.sql")
"""Each statement of the read pool, at level DEBUG, before it runs."""


class ReadPool(Protocol):
    """Runs one read statement at a time on each of its connections."""

    async def fetch_text(self, sql: str, params: Sequence[object]) -> str | None:
        """The first column of the first row, or None where there is no row."""

    async def close(self) -> None:
        """Wait for running statements and let every connection go."""


class Database:
    """One database, open: what actions write through and what the graph reads from."""

    def __init__(self, url: str, dialect: Dialect, pool: ReadPool) -> None:
        self.url = url
        self.dialect: Dialect = dialect
        self._pool = pool

    async def read(self, sql: str, params: Sequence[object]) -> str | None:
        """Run one statement that returns one JSON text; None where it finds no row.

        Raises ReadTimeout when the statement, with its wait for a connection, took too long and
        was cancelled, ReadTooComplex when it is more than this database can take in.
        """
        # Not the parameters themselves: they may be personal.
        statements.debug("%s (%d parameters)", sql, len(params))
        return await self._pool.fetch_text(sql, params)

    def connection(self) -> BaseDBAsyncClient:
        """The connection that writes, outside or inside of a transaction."""
        return get_connection("default")

    async def close(self) -> None:
        """Let every connection go."""
        await self._pool.close()
        await Tortoise.close_connections()


async def keep_figures(database: Database) -> None:
    """Let SQLite know its tables, now and every hour, until cancelled; PostgreSQL needs no telling.

    Without figures it takes any range of an index for a sixty-fourth of the table.
    """
    while True:
        if database.dialect == "sqlite":
            with suppress(OperationalError):  # somebody writes for longer than one waits
                await database.connection().execute_script("PRAGMA analysis_limit=400; ANALYZE")
        await asyncio.sleep(FIGURES_EVERY_S)


def transaction() -> AbstractAsyncContextManager[BaseDBAsyncClient]:
    """A transaction for one action; the models take part in it by themselves.

    Wherever the task within is cancelled, it is wholly done or wholly undone, and the next one can
    begin at once.
    """
    return in_transaction("default")


async def settled(action: Callable[[], Awaitable[T]]) -> T:
    """What `action` gives; tried again where somebody else wrote the same unique key meanwhile.

    The second time it finds what the other has written, as if it had come later.
    """
    try:
        return await action()
    except IntegrityError:
        return await action()


async def connect(url: str, *, timeout_s: float = 10.0, read_connections: int = 4) -> Database:
    """Open the database at `url` (`sqlite:///path` or `postgresql://user@host/name`).

    A SQLite file is made where there is none; its folder must exist. Raises SetupError for a URL
    that is neither, for a database that cannot be opened, and where the extra `postgres` is needed
    and missing.
    """
    scheme = urlsplit(url).scheme
    opening = _OPENING.get(scheme)
    if opening is None:
        raise SetupError(f"database_url: {scheme or url!r} is neither sqlite: nor postgresql:")
    try:
        return await opening(url, timeout_s, read_connections)
    except UNREACHABLE as error:
        # A SQLite connection that failed still has its thread, which would outlive the process.
        await Tortoise.close_connections()
        raise SetupError(f"{shown(url)} cannot be opened: {str(error) or repr(error)}") from error


def shown(url: str) -> str:
    """The database in words, without the user and the password that the URL may hold."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return f"the database {sqlite_path(url)}"
    return f"the database {parts.path.strip('/')!r} on {parts.hostname or 'the local socket'}"


async def migrate(database: Database) -> list[str]:
    """Bring the tables up to date; the names of the migrations that were applied.

    On SQLite with foreign keys off, because altering a column there rebuilds its table by dropping
    it, and a cascade would take the child rows along; they are checked at the end instead.
    """
    executor = _executor(database)
    names = [step.migration.name for step in await _plan(executor)]
    if not names:
        return []
    connection = database.connection()
    if database.dialect == "postgres":
        await executor.migrate()
        return names
    await connection.execute_script("PRAGMA foreign_keys=OFF")
    try:
        await executor.migrate()
        broken = await connection.execute_query_dict("PRAGMA foreign_key_check")
    finally:
        await connection.execute_script("PRAGMA foreign_keys=ON")
    if broken:
        raise SetupError(f"migration left rows without their parent: {broken[:5]}")
    return names


async def pending_migrations(database: Database) -> list[str]:
    """The names of the migrations that `migrate` would apply."""
    return [step.migration.name for step in await _plan(_executor(database))]


async def require_tables(database: Database) -> None:
    """Raise SetupError, which names the command that helps, unless all migrations were applied."""
    try:
        pending = await pending_migrations(database)
    except UNREACHABLE as error:
        raise SetupError(
            f"{shown(database.url)} cannot be read: {str(error) or repr(error)}"
        ) from error
    if pending:
        raise SetupError(
            f"the tables of {shown(database.url)} are not those of this version "
            f"({len(pending)} migration(s), first {pending[0]}): run `gridql migrate`"
        )


def _executor(database: Database) -> MigrationExecutor:
    apps = {APP: {"models": list(MODELS), "migrations": MIGRATIONS}}
    return MigrationExecutor(database.connection(), apps)


async def _plan(executor: MigrationExecutor) -> list[Any]:
    # An empty database has no table of applied migrations yet; `plan` alone would fail on it.
    await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
    return list(await executor.plan())


async def _init(connection: dict[str, Any]) -> None:
    # Tortoise keeps statements by model, whatever the dialect that they were written for.
    EXECUTOR_CACHE.clear()
    await Tortoise.init(
        config={
            "connections": {"default": connection},
            "apps": {APP: {"models": list(MODELS), "default_connection": "default"}},
            "use_tz": True,
            "timezone": "UTC",
        },
        _enable_global_fallback=True,
    )


def sqlite_path(url: str) -> Path:
    """The file that a `sqlite:` URL names: `sqlite:///relative.db`, `sqlite:////absolute.db`."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.netloc or not path.strip("/") or path.endswith(":memory:"):
        raise SetupError(f"database_url: {url!r} names no file (sqlite:///name.sqlite3)")
    return Path(path[1:])


async def _connect_sqlite(url: str, timeout_s: float, read_connections: int) -> Database:
    path = sqlite_path(url)
    if not path.parent.is_dir():
        raise SetupError(f"database_url: there is no folder {path.parent}")
    pragmas = {"journal_mode": "WAL", "synchronous": "FULL", "foreign_keys": "ON"}
    await _init(
        {
            "engine": "gridql.sqlite_engine",
            "credentials": {"file_path": str(path), "busy_timeout": 20_000, **pragmas},
        }
    )
    # The file has to exist, in WAL mode, before the first read-only connection.
    await get_connection("default").execute_query("SELECT 1")
    return Database(url, "sqlite", SqliteReadPool(path, timeout_s, read_connections))


async def _connect_postgres(url: str, timeout_s: float, read_connections: int) -> Database:
    if not POSTGRES:
        raise SetupError("database_url: PostgreSQL needs the extra: pip install 'gridql[postgres]'")
    connection = expand_db_url("asyncpg" + url[url.index("://") :])
    connection["engine"] = "gridql.postgres_engine"
    connection["credentials"]["server_settings"] = {
        "timezone": "UTC",
        # Who has waited for a lock sees what was committed meanwhile: all actions count on that.
        "default_transaction_isolation": "read committed",
        **VANISHED,
    }
    connection["credentials"]["reset"] = nothing_to_reset
    await _init(connection)
    pool: PostgresReadPool = await open_read_pool(url, timeout_s, read_connections)
    return Database(url, "postgres", pool)


_OPENING: Mapping[str, Callable[[str, float, int], Awaitable[Database]]] = {
    "sqlite": _connect_sqlite,
    "postgres": _connect_postgres,
    "postgresql": _connect_postgres,
}

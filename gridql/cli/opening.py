"""Opening the database for one command, and closing it again whatever happens."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import urlsplit

from tortoise.exceptions import BaseORMException

from gridql.database import Database, connect, pending_migrations, sqlite_path
from gridql.errors import GridqlError, SetupError
from gridql.settings import Settings

try:
    from asyncpg import InterfaceError, PostgresError
except ImportError:  # the extra `postgres` is not installed
    _UNREACHABLE: tuple[type[Exception], ...] = (OSError, sqlite3.Error, BaseORMException)
else:
    _UNREACHABLE = (OSError, sqlite3.Error, BaseORMException, InterfaceError, PostgresError)

T = TypeVar("T")


def with_database(settings: Settings, action: Callable[[Database], Awaitable[T]]) -> T:
    """What `action` gives for the database of these settings, whose tables are up to date.

    Raises SetupError, which names the command that helps, where they are not.
    """

    async def run() -> T:
        async with opened(settings) as database:
            await _require_tables(database)
            return await action(database)

    return asyncio.run(run())


def require_ready(settings: Settings) -> None:
    """Raise SetupError unless the database is there, up to date, and a folder for the keys too."""
    folder = settings.vault_key_file.parent
    if not folder.is_dir():
        raise SetupError(
            f"there is no folder {folder} for the vault's keys yet: run `gridql migrate`"
        )
    with_database(settings, _nothing)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The database of these settings; raises SetupError if it is not there or cannot be reached."""
    url = settings.database_url
    if urlsplit(url).scheme == "sqlite" and not sqlite_path(url).is_file():
        raise SetupError(f"there is no database {sqlite_path(url)} yet: run `gridql migrate`")
    try:
        database = await connect(url, timeout_s=settings.statement_timeout_s, read_connections=1)
    except GridqlError:
        raise
    except _UNREACHABLE as error:
        raise SetupError(f"{_shown(url)} cannot be opened: {str(error) or repr(error)}") from error
    try:
        yield database
    finally:
        await database.close()


async def _require_tables(database: Database) -> None:
    try:
        pending = await pending_migrations(database)
    except _UNREACHABLE as error:
        raise SetupError(
            f"{_shown(database.url)} cannot be read: {str(error) or repr(error)}"
        ) from error
    if pending:
        raise SetupError(
            f"the tables of {_shown(database.url)} are not those of this version "
            f"({len(pending)} migration(s), first {pending[0]}): run `gridql migrate`"
        )


async def _nothing(database: Database) -> None:
    """All that was wanted is that it opens."""


def _shown(url: str) -> str:
    """The database in words, without the user and the password that the URL may hold."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return f"the database {sqlite_path(url)}"
    return f"the database {parts.path.strip('/')!r} on {parts.hostname or 'the local socket'}"

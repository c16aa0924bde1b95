"""Opening the database for one command, and closing it again whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import urlsplit

from gridql.database import Database, connect, require_tables, sqlite_path
from gridql.errors import SetupError
from gridql.settings import Settings

T = TypeVar("T")


def with_database(settings: Settings, action: Callable[[Database], Awaitable[T]]) -> T:
    """What `action` gives for the database of these settings, whose tables are up to date.

    Raises SetupError, which names the command that helps, where they are not.
    """

    async def run() -> T:
        async with opened(settings) as database:
            await require_tables(database)
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
        raise SetupError(
            f"there is no database {sqlite_path(url)} yet: run `gridql migrate`, or say with "
            "--data-dir or GRIDQL_DATA_DIR where it is"
        )
    database = await connect(url, timeout_s=settings.statement_timeout_s, read_connections=1)
    try:
        yield database
    finally:
        await database.close()


async def _nothing(database: Database) -> None:
    """All that was wanted is that it opens."""

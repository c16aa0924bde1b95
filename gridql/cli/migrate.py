"""`gridql migrate`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

from gridql import database, settings
from gridql.cli import logs
from gridql.cli.console import say
from gridql.cli.opening import opened
from gridql.cli.options import DatabaseUrl, DataDir
from gridql.database import sqlite_path
from gridql.errors import SetupError
from gridql.settings import Settings


def migrate(data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Make the database, or bring its tables up to date.

    A SQLite database is made where there is none, with its folder; on PostgreSQL the database
    itself has to be there. What is up to date already stays as it is.
    """
    chosen = settings.load(data_dir=data_dir, database_url=database_url)
    logs.set_up(chosen.log_level)
    make_place(chosen)
    applied = asyncio.run(_migrate(chosen))
    say(*(f"applied {name}" for name in applied))
    say(f"{len(applied)} migration(s) applied" if applied else "all is up to date")


def make_place(chosen: Settings) -> None:
    """Make the folders, closed to others, and an empty SQLite database, where there are none."""
    _make_folder(chosen.data_dir)
    _make_folder(chosen.vault_key_file.parent)
    if urlsplit(chosen.database_url).scheme == "sqlite":
        path = sqlite_path(chosen.database_url)
        _make_folder(path.parent)
        try:
            path.touch(mode=0o600)
        except OSError as error:
            raise SetupError(f"cannot make the database {path}: {error.strerror}") from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"cannot make the folder {folder}: {error.strerror}") from error


async def _migrate(chosen: Settings) -> list[str]:
    async with opened(chosen) as open_database:
        return await database.migrate(open_database)

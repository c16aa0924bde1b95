"""A real PostgreSQL for the whole run, and a fresh database of either kind for each test."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from subprocess import CalledProcessError
from tempfile import TemporaryDirectory
from typing import Literal
from urllib.parse import urlsplit

import pytest

from gridql.database import connect, migrate, sqlite_path

try:
    from pgserver.postgres_server import PostgresServer, get_server
except ImportError:  # it is not made for Python 3.13 and later
    PGSERVER = False
else:
    PGSERVER = True

Dialect = Literal["sqlite", "postgres"]

ENDING_S = 3.0
"""So long a thread may take to end after the last test."""


def pytest_unconfigure() -> None:
    """End a run that could not end by itself, as failed.

    A SQLite connection that is left open keeps its thread, and the interpreter would wait for that
    one for ever.
    """
    threads = [
        thread
        for thread in threading.enumerate()
        if thread is not threading.main_thread() and not thread.daemon
    ]
    for thread in threads:
        # What watches a folder looks once more before it ends, which takes it a second.
        thread.join(ENDING_S)
    left = [thread.name for thread in threads if thread.is_alive()]
    if left:
        sys.stdout.write(f"A test left threads behind; is a connection still open? {left}\n")
        sys.stdout.flush()
        os._exit(1)


class Postgres:
    """A running PostgreSQL, and the making and dropping of databases on it."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._numbers = count(1)

    def run(self, *statements: str) -> None:
        """Run each of `statements` by itself, as the superuser."""
        for statement in statements:
            self._server.psql(f"\\set ON_ERROR_STOP on\n{statement};")

    def create(self) -> str:
        """The name of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return name

    def copy(self, template: str, name: str) -> None:
        """Make the database `name` as a copy of another one, to which nobody is connected."""
        self.run(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} TEMPLATE {template}")

    def url(self, name: str) -> str:
        """Where the database `name` is reached."""
        return f"postgresql://postgres@/{name}?host={self._server.pgdata}"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio alone: the database drivers know no other."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of this run's own, on a Unix socket; stopped and removed at the end."""
    if not PGSERVER:
        pytest.fail("pgserver, which brings PostgreSQL for the tests, needs Python 3.11 or 3.12")
    # Not below tmp_path: pytest closes its folders to other users, and started by root the server
    # runs as one; and the path of a socket may have 107 bytes at most.
    with TemporaryDirectory(prefix="gridql-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            running = Postgres(server)
            # Nothing in a test outlives a crash of the machine, so nothing waits for the disk.
            running.run(
                "ALTER SYSTEM SET fsync = off",
                "ALTER SYSTEM SET full_page_writes = off",
                "SELECT pg_reload_conf()",
            )
            yield running
        finally:
            server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def dialect(request: pytest.FixtureRequest) -> Dialect:
    """The kind of database that the test runs on; it runs once on each.

    For one kind only: `@pytest.mark.parametrize("dialect", ["postgres"], indirect=True)`.
    """
    kind: Dialect = request.param
    return kind


@pytest.fixture
def database_url(dialect: Dialect, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, which is gone after the test.

    On PostgreSQL a connection that the test leaves open is an error: the database is then in use
    and cannot be dropped.
    """
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'gridql.sqlite3'}"
        return
    running: Postgres = request.getfixturevalue("postgres")
    name = running.create()
    yield running.url(name)
    try:
        running.run(f"DROP DATABASE {name}")
    except CalledProcessError as error:
        pytest.fail(f"{name} cannot be dropped; is a connection to it still open? ({error})")


@pytest.fixture
def migrated_url(dialect: Dialect, database_url: str, request: pytest.FixtureRequest) -> str:
    """The same URL; the database has its tables now, as `gridql migrate` would make them."""
    if dialect == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_tables"), sqlite_path(database_url))
    else:
        running: Postgres = request.getfixturevalue("postgres")
        running.copy(request.getfixturevalue("postgres_tables"), urlsplit(database_url).path[1:])
    return database_url


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with this version's tables, made once and copied from then on."""
    path = tmp_path_factory.mktemp("tables") / "gridql.sqlite3"
    asyncio.run(make_tables(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_tables(postgres: Postgres) -> str:
    """The name of a database with this version's tables, as `sqlite_tables`."""
    name = postgres.create()
    asyncio.run(make_tables(postgres.url(name)))
    return name


async def make_tables(url: str) -> None:
    """What `gridql migrate` does, without the second that a process takes to start."""
    database = await connect(url)
    try:
        await migrate(database)
    finally:
        await database.close()

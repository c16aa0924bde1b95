"""Connections under stress: what is cancelled or fails leaves nothing held, and waiting ends."""

from __future__ import annotations

import asyncio
import logging
import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import asyncpg
import pytest
from tortoise.backends.base.client import TransactionalDBClient
from tortoise.exceptions import IntegrityError, TransactionManagementError

from gridql.access import accounts, tokens
from gridql.access.models import Account
from gridql.access.roles import Role
from gridql.database import Database, connect, sqlite_path, transaction
from gridql.errors import ReadTimeout, Unavailable

pytestmark = pytest.mark.anyio

SLOW = {
    "sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n) "
    "select cast(count(*) as text) from n",
    "postgres": "select pg_sleep(30)::text",
}


@pytest.fixture
async def narrow(migrated_url: str) -> AsyncIterator[Database]:
    """A database with one connection to read from, and half a second for each statement."""
    opened = await connect(migrated_url, timeout_s=0.5, read_connections=1)
    try:
        yield opened
    finally:
        await opened.close()


async def register(name: str) -> None:
    """Two rows that are there together or not at all."""
    async with transaction():
        await accounts.register(name, Role.STREET, ["370114001"])
        await accounts.register(name, Role.STREET, ["370114002"])


async def check_free(database: Database) -> None:
    """Nothing is held: a write works at once, and no transaction is open."""
    connection: Any = database.connection()
    assert not isinstance(connection, TransactionalDBClient)
    if database.dialect == "sqlite":
        assert not connection._lock.locked()
        assert not connection._connection.in_transaction
    else:
        assert connection._pool.get_idle_size() == connection._pool.get_size()
        [found] = await connection.execute_query_dict(
            "select count(*) as n from pg_stat_activity where datname = current_database() "
            "and state like 'idle in transaction%'"
        )
        assert found["n"] == 0
    async with asyncio.timeout(1):
        await register("afterwards")
    await Account.filter(name="afterwards").delete()


async def check_whole() -> None:
    rows: list[Any] = await Account.all().values_list("name", flat=True)
    assert all(rows.count(name) == 2 for name in rows)


@pytest.mark.parametrize("at_once", [1, 8])
async def test_transactions_cancelled_at_random_moments_hold_nothing(
    database: Database, at_once: int
) -> None:
    chance = random.Random(1)
    outcomes = set()
    await register("first")
    for number in range(0, 200, at_once):
        tasks = [asyncio.create_task(register(str(number + each))) for each in range(at_once)]
        await asyncio.sleep(chance.uniform(0, 0.002))
        for task in tasks:
            task.cancel()
        async with asyncio.timeout(5):
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        outcomes |= {type(outcome) for outcome in ended}
        if number % 40 == 0:
            await check_free(database)

    assert asyncio.CancelledError in outcomes
    assert outcomes <= {asyncio.CancelledError, type(None)}
    await check_free(database)
    await check_whole()


async def test_a_transaction_cancelled_after_any_step_is_whole(database: Database) -> None:
    for steps in range(40):
        task = asyncio.create_task(register(str(steps)))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task], timeout=5)

        await check_whole()
        await check_free(database)


async def test_a_cancelled_commit_is_done(database: Database) -> None:
    reached = asyncio.Event()

    async def write() -> None:
        async with transaction():
            await accounts.register("one", Role.STREET, ["370114001"])
            reached.set()

    task = asyncio.create_task(write())
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await Account.filter(name="one").count() == 1
    await check_free(database)


async def test_a_failing_transaction_is_undone(database: Database) -> None:
    for error in (ValueError, TransactionManagementError, asyncio.CancelledError):
        with pytest.raises(error):
            async with transaction():
                await accounts.register("one", Role.STREET, ["370114001"])
                raise error("no")

    assert await Account.filter(name="one").count() == 0
    await check_free(database)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_transaction_that_cannot_begin_holds_nothing(database: Database) -> None:
    await database.connection().execute_script("PRAGMA busy_timeout=50")
    with closing(sqlite3.connect(sqlite_path(database.url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            with pytest.raises(TransactionManagementError, match="database is locked"):
                await register("one")
        other.execute("ROLLBACK")

    await check_free(database)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_commit_that_fails_is_undone(database: Database) -> None:
    connection = database.connection()
    await connection.execute_script(
        "create table parent (id integer primary key);"
        "create table child (id integer references parent deferrable initially deferred)"
    )
    with pytest.raises(sqlite3.IntegrityError):
        async with transaction() as inside:
            await inside.execute_query("insert into child values (1)")

    assert await connection.execute_query_dict("select * from child") == []
    await check_free(database)


async def test_many_rows_outside_of_a_transaction_are_written_or_none(database: Database) -> None:
    sign = "?" if database.dialect == "sqlite" else "$1"
    connection = database.connection()
    await connection.execute_script("create table numbers (n bigint primary key)")
    insert = f"insert into numbers values ({sign})"
    for _ in range(20):
        task = asyncio.create_task(connection.execute_many(insert, [[n] for n in range(2000)]))
        await asyncio.sleep(0.0005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await connection.execute_query("delete from numbers")

    with pytest.raises(IntegrityError):
        await connection.execute_many(insert, [[1], [1]])
    assert await connection.execute_query_dict("select * from numbers") == []


async def test_waiting_for_a_connection_counts_as_time(narrow: Database) -> None:
    clock = asyncio.get_running_loop().time
    began = clock()
    first = asyncio.create_task(narrow.read(SLOW[narrow.dialect], []))
    await asyncio.sleep(0.25)
    others = [asyncio.create_task(narrow.read(SLOW[narrow.dialect], [])) for _ in range(3)]
    outcomes = await asyncio.gather(first, *others, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [ReadTimeout] * 4
    assert clock() - began < 1.5
    assert await narrow.read("select '1'", []) == "1"


@pytest.mark.parametrize("dialect", ["postgres"], indirect=True)
async def test_reads_go_on_where_connections_were_cut(database: Database) -> None:
    async def cut() -> None:
        await database.connection().execute_query(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )

    for _ in range(5):
        reads = [database.read("select '1'", []) for _ in range(8)]
        assert await asyncio.gather(*reads) == ["1"] * 8
        await cut()

    # A statement may itself be what ends the server: it is asked twice and no more.
    fatal = "select pg_terminate_backend(pg_backend_pid())::text"
    with pytest.raises(Unavailable):
        await database.read(fatal, [])
    assert await database.read("select '1'", []) == "1"


@pytest.mark.parametrize("dialect", ["postgres"], indirect=True)
async def test_reads_of_a_closed_pool_are_refused_at_once(database: Database) -> None:
    await database._pool.close()

    async with asyncio.timeout(1):
        with pytest.raises(asyncpg.InterfaceError):
            await database.read("select '1'", [])


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_read_whose_caller_is_gone_is_not_begun(narrow: Database) -> None:
    clock = asyncio.get_running_loop().time
    running = asyncio.create_task(narrow.read(SLOW["sqlite"], []))
    await asyncio.sleep(0.1)
    gone = [asyncio.create_task(narrow.read(SLOW["sqlite"], [])) for _ in range(10)]
    await asyncio.sleep(0.1)
    for task in gone:
        task.cancel()
    await asyncio.gather(running, *gone, return_exceptions=True)

    began = clock()
    assert await narrow.read("select '1'", []) == "1"
    assert clock() - began < 0.3


async def test_a_token_is_checked_while_somebody_writes(database: Database) -> None:
    account = await accounts.register("街道", Role.STREET, ["370114001"])
    text = await tokens.create(account, "laptop")
    release = asyncio.Event()

    async def hold() -> None:
        async with transaction():
            await release.wait()

    task = asyncio.create_task(hold())
    await asyncio.sleep(0.05)
    async with asyncio.timeout(1):
        actor = await tokens.authenticate(database, text)
    release.set()
    await task

    assert actor.account_id == account.id


async def test_parameters_are_not_logged(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "gridql.sql")
    sql = "select ?" if database.dialect == "sqlite" else "select $1::text"

    assert await database.read(sql, ["13812345678"]) == "13812345678"

    assert [record.getMessage() for record in caplog.records] == [f"{sql} (1 parameters)"]

"""PostgreSQL: the pool of read-only connections, through asyncpg."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from gridql.errors import ReadTimeout, ReadTooComplex

ERRORS = (asyncpg.InterfaceError, asyncpg.PostgresError)
"""What the driver raises where the server cannot be reached, or refuses."""


class _Unreset(asyncpg.Connection):
    """A connection that needs no reset between reads: they leave nothing behind.

    Saves a third of what it costs to take a connection and fetch one value.
    """

    def get_reset_query(self) -> str:
        return ""


class PostgresReadPool:
    """Read-only connections in UTC, whose statements the server itself cancels in time."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def fetch_text(self, sql: str, params: Sequence[object]) -> str | None:
        try:
            value: str | None = await self._pool.fetchval(sql, *params)
        except asyncpg.QueryCanceledError as error:
            raise ReadTimeout from error
        except asyncpg.ProgramLimitExceededError as error:
            raise ReadTooComplex from error
        return value

    async def close(self) -> None:
        await self._pool.close()


async def open_read_pool(url: str, timeout_s: float, size: int) -> PostgresReadPool:
    """Connect to `url` with up to `size` connections; statements end after `timeout_s` seconds."""
    pool = await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        connection_class=_Unreset,
        statement_cache_size=512,
        server_settings={
            "timezone": "UTC",
            "default_transaction_read_only": "on",
            "statement_timeout": str(int(timeout_s * 1000)),
            "jit": "off",  # compiling costs more than any of these statements runs
        },
    )
    return PostgresReadPool(pool)

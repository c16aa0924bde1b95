"""Gives entries without a position the next ones, and chains them: the same on both databases."""

from __future__ import annotations

from typing import NamedTuple

from tortoise.backends.base.client import BaseDBAsyncClient

from gridql.journal.chain import SEALED, START, seal

BATCH = 1000
"""How many entries are numbered in one go."""

NUMBERED = "gridql_numbered"
"""The channel on which PostgreSQL tells every tail how far the journal reaches."""

_WAITING = f"""
    SELECT {", ".join(f"entry.{column}" for column in SEALED)},
        chain.position AS end_position, chain.hash AS end_hash
    FROM entry LEFT JOIN chain ON chain.id = 1
    WHERE entry.position IS NULL ORDER BY entry.id LIMIT {BATCH}"""

_MOVE_END = """
    INSERT INTO chain (id, position, hash) VALUES (1, ?, ?)
    ON CONFLICT (id) DO UPDATE SET position = excluded.position, hash = excluded.hash"""
_NUMBER = "UPDATE entry SET position = ?, hash = ? WHERE id = ?"

# All who number compete for the row of `chain`: the statement that finds the end where its numbers
# begin moves it and gives them, and any other gives nothing.
_COMPETE = f"""
    WITH moved AS (
        INSERT INTO chain (id, position, hash) VALUES (1, $1, $2)
        ON CONFLICT (id) DO UPDATE SET position = excluded.position, hash = excluded.hash
        WHERE chain.position = $3
        RETURNING chain.position
    ), numbered AS (
        UPDATE entry SET position = given.position, hash = given.hash
        FROM moved, unnest($4::bigint[], $5::bigint[], $6::text[]) AS given (id, position, hash)
        WHERE entry.id = given.id
    )
    SELECT pg_notify('{NUMBERED}', moved.position::text) FROM moved"""


class Outpaced(Exception):
    """Somebody else has given numbers meanwhile."""


class Numbers(NamedTuple):
    """What entries without a position are to get, in the order of their ids."""

    after: int
    """Where the chain ended when they were read: they hold only for as long as it ends there."""
    ids: list[int]
    positions: list[int]
    """Those behind `after`, without gaps."""
    hashes: list[str]


async def number_visible(connection: BaseDBAsyncClient) -> int:
    """Number up to BATCH of the entries that are visible, by id; how many.

    On SQLite this is called by the writer, in its transaction. On PostgreSQL anybody may call it at
    any time, outside of a transaction, and it raises Outpaced where somebody else was faster.
    """
    numbers = await next_numbers(connection)
    if numbers is None:
        return 0
    await give(connection, numbers)
    return len(numbers.ids)


async def next_numbers(connection: BaseDBAsyncClient) -> Numbers | None:
    """The numbers for up to BATCH of the entries that are visible; None where none waits."""
    waiting = await connection.execute_query_dict(_WAITING)
    if not waiting:
        return None
    after, end = waiting[0]["end_position"] or 0, waiting[0]["end_hash"] or START
    numbers = Numbers(after, [], [], [])
    for position, row in enumerate(waiting, after + 1):
        end = seal(end, row | {"position": position})
        numbers.ids.append(row["id"])
        numbers.positions.append(position)
        numbers.hashes.append(end)
    return numbers


async def give(connection: BaseDBAsyncClient, numbers: Numbers) -> None:
    """Give all of the numbers and move the end of the chain; or nothing, and raise Outpaced."""
    after, ids, positions, hashes = numbers
    end = [positions[-1], hashes[-1]]
    if connection.capabilities.dialect == "sqlite":
        rows = [list(row) for row in zip(positions, hashes, ids, strict=True)]
        await connection.execute_many(_NUMBER, rows)
        await connection.execute_query(_MOVE_END, end)
    # One statement: whoever dies or stalls beside it holds up nobody.
    elif not await connection.execute_query_dict(_COMPETE, [*end, after, ids, positions, hashes]):
        raise Outpaced

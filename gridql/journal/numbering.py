"""Gives entries without a position the next ones, and chains them: the same on both databases."""

from __future__ import annotations

from tortoise.backends.base.client import BaseDBAsyncClient

from gridql.journal.chain import SEALED, START, seal
from gridql.journal.models import Chain

BATCH = 1000
"""How many entries are numbered in one transaction."""

_WAITING = f"SELECT {', '.join(SEALED)} FROM entry WHERE position IS NULL ORDER BY id LIMIT {BATCH}"

_UPDATE = {
    "sqlite": "UPDATE entry SET position = ?, hash = ? WHERE id = ?",
    "postgres": "UPDATE entry SET position = $1, hash = $2 WHERE id = $3",
}


async def number_visible(connection: BaseDBAsyncClient) -> tuple[int, int]:
    """Number up to BATCH of the entries that this transaction sees, by id; how many, and the last.

    The caller has made sure that no other transaction does the same. Positions have no gaps: they
    are given and the end of the chain is moved in one transaction.
    """
    waiting = await connection.execute_query_dict(_WAITING)
    if not waiting:
        return 0, 0
    end, _ = await Chain.get_or_create(
        id=1, defaults={"position": 0, "hash": START}, using_db=connection
    )
    updates = []
    for row in waiting:
        end.position += 1
        end.hash = seal(end.hash, row | {"position": end.position})
        updates.append([end.position, end.hash, row["id"]])
    await connection.execute_many(_UPDATE[connection.capabilities.dialect], updates)
    await end.save(using_db=connection)
    return len(waiting), end.position

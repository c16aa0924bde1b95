"""What an action leaves behind: one entry for each subject that it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.connection import get_connection

from gridql import clock
from gridql.access.roles import Actor
from gridql.errors import Misuse
from gridql.journal.models import Entry
from gridql.journal.numbering import BATCH, number_visible

WRITTEN = "gridql_journal"
"""The channel on which PostgreSQL tells every sequencer that entries were committed."""

OPERATOR = "OPERATOR"
"""The role of whoever acts at the command line, without an account."""

CLOCK = "CLOCK"
"""The role of what happens by itself when its time has come, without an account."""


def entry(
    actor: Actor | None,
    *,
    subject_type: str,
    subject_id: int,
    kind: str,
    grid_code: str | None,
    from_state: str | None = None,
    to_state: str | None = None,
    revision: int | None = None,
    note: str | None = None,
    changes: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    role: str = OPERATOR,
) -> Entry:
    """An entry about now, not yet written. Neither `note` nor `changes` holds personal data.

    `at` is when it happened, for what is taken over from the past; `role` is what is written of
    something that no account does.
    """
    now = clock.now()
    return Entry(
        occurred_at=at or now,
        recorded_at=now,
        actor_id=actor.account_id if actor else None,
        actor_role=str(actor.role) if actor else role,
        subject_type=subject_type,
        subject_id=subject_id,
        grid_code=grid_code,
        kind=kind,
        from_state=from_state,
        to_state=to_state,
        revision=revision,
        note=note,
        changes=changes,
    )


async def write(actor: Actor | None, **about: Any) -> Entry:
    """Write one entry (members as in `entry`) in the transaction that changes its subject.

    The action has locked the subject before: that is what keeps its entries in order. Raises
    Misuse outside of a transaction.
    """
    connection = _transaction()
    written = entry(actor, **about)
    await written.save()
    await _announce(connection)
    return written


async def write_many(entries: Iterable[Entry]) -> None:
    """Write entries about many subjects, in this order; otherwise as `write`."""
    connection = _transaction()
    await Entry.bulk_create(entries, batch_size=BATCH)
    await _announce(connection)


async def _announce(connection: BaseDBAsyncClient) -> None:
    if connection.capabilities.dialect == "postgres":
        # Delivered at commit, and once per transaction however often it is said.
        await connection.execute_query(f"NOTIFY {WRITTEN}")
        return
    # The transaction is the only writer, so the order of its entries is that of their commit.
    while await number_visible(connection) == BATCH:
        pass


def _transaction() -> BaseDBAsyncClient:
    connection = get_connection("default")
    if not isinstance(connection, TransactionalDBClient):
        raise Misuse("an entry is written in the transaction that changes its subject")
    return connection

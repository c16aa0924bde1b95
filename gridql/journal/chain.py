"""The hash chain: what exactly is sealed, and how one entry is chained to the last.

An auditor computes it without gridql: the hash of an entry is the SHA-256, in hex, of the hash
before it followed by the entry's columns as JSON, without spaces, sorted by name, without `hash`;
`occurred_at` and `recorded_at` as the API shows moments, `changes` as the text that is stored.
`recorded_at` is left out where it is null: entries were sealed before it was kept.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Protocol

import orjson

from gridql.rows import utc_text

START = "0" * 64
"""What stands in for the hash before the first entry."""

SEALED = (
    "actor_id",
    "actor_role",
    "changes",
    "from_state",
    "grid_code",
    "id",
    "kind",
    "note",
    "occurred_at",
    "position",
    "recorded_at",
    "revision",
    "subject_id",
    "subject_type",
    "to_state",
)
"""The columns of an entry that its hash covers: all but the hash."""


class Row(Protocol):
    """Columns by name, as whichever driver gives them."""

    def __getitem__(self, column: str, /) -> Any: ...


def seal(previous: str, row: Row) -> str:
    """The hash of a numbered entry, given the one before it and the row as the database has it.

    Raises TypeError or ValueError for a row that was tampered with, and holds what is no text,
    whole number or moment.
    """
    return hashlib.sha256(previous.encode() + _sealed(row)).hexdigest()


def _sealed(row: Row) -> bytes:
    document = {column: row[column] for column in SEALED}
    for column in ("occurred_at", "recorded_at"):
        if isinstance(document[column], datetime):  # SQLite has the text already
            document[column] = utc_text(document[column])
    if document["recorded_at"] is None:
        del document["recorded_at"]
    if float in map(type, document.values()):  # JSON has no word for some, and takes null
        raise ValueError("an entry has no fractions")
    return orjson.dumps(document)

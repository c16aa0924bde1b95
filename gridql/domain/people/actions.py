"""Use cases about households and residents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tortoise.connection import get_connection

from gridql.domain.people.models import Household


@dataclass(frozen=True, slots=True)
class LastCall:
    """When somebody last called at a household, and when somebody was last met there."""

    attempted_at: datetime
    met_at: datetime | None

    def with_call(self, at: datetime, *, met: bool) -> LastCall:
        """The same after another call, which may have been earlier."""
        met_at = max(at, self.met_at or at) if met else self.met_at
        return LastCall(max(at, self.attempted_at), met_at)


async def note_call(household: Household, at: datetime, *, met: bool) -> None:
    """Keep that somebody called at a household, which the visit's own transaction has locked."""
    before = LastCall(household.last_attempted_at or at, household.last_visited_at)
    after = before.with_call(at, met=met)
    household.last_attempted_at, household.last_visited_at = after.attempted_at, after.met_at
    await household.save(update_fields=["last_attempted_at", "last_visited_at"])


async def note_calls(calls: Mapping[int, LastCall]) -> None:
    """Keep the last calls at many households, by id, in the caller's transaction."""
    connection = get_connection("default")
    updates = [[call.attempted_at, call.met_at, number] for number, call in sorted(calls.items())]
    # One statement for each: the ORM would spend more on putting together the words of it.
    await connection.execute_many(_NOTE_CALL[connection.capabilities.dialect], updates)


def _later(column: str, placeholder: str) -> str:
    """The later of a column and a parameter, either of which may be null."""
    return (
        f"{column} = CASE WHEN {column} IS NULL OR {column} < {placeholder} "
        f"THEN coalesce({placeholder}, {column}) ELSE {column} END"
    )


def _note_call(attempted_at: str, met_at: str, number: str) -> str:
    columns = [_later("last_attempted_at", attempted_at), _later("last_visited_at", met_at)]
    return f"UPDATE household SET {', '.join(columns)} WHERE id = {number}"


_NOTE_CALL = {
    "sqlite": _note_call("?1", "?2", "?3"),
    "postgres": _note_call("$1::timestamptz", "$2::timestamptz", "$3"),
}

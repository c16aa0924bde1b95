"""Use cases about households and residents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tortoise.connection import get_connection

from gridql.domain.people.models import Household


async def note_visit(household: Household, visited_at: datetime) -> None:
    """Keep when a household, locked by the visit's own transaction, was last visited."""
    if household.last_visited_at is None or household.last_visited_at < visited_at:
        household.last_visited_at = visited_at
        await household.save(update_fields=["last_visited_at"])


async def note_visits(visited_at: Mapping[int, datetime]) -> None:
    """Keep when each of many households, by id, was last visited, in the caller's transaction."""
    connection = get_connection("default")
    updates = [[moment, number] for number, moment in sorted(visited_at.items())]
    # One statement for each: the ORM would spend more on putting together the words of it.
    await connection.execute_many(_NOTE_VISIT[connection.capabilities.dialect], updates)


_NOTE_VISIT = {
    "sqlite": """UPDATE household SET last_visited_at = ?1
        WHERE id = ?2 AND (last_visited_at IS NULL OR last_visited_at < ?1)""",
    "postgres": """UPDATE household SET last_visited_at = $1
        WHERE id = $2 AND (last_visited_at IS NULL OR last_visited_at < $1)""",
}

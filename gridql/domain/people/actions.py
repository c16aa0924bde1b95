"""Use cases about households and residents."""

from __future__ import annotations

from datetime import datetime

from gridql.domain.people.models import Household


async def note_visit(household: Household, visited_at: datetime) -> None:
    """Keep when a household, locked by the visit's own transaction, was last visited."""
    if household.last_visited_at is None or household.last_visited_at < visited_at:
        household.last_visited_at = visited_at
        await household.save(update_fields=["last_visited_at"])

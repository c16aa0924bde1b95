"""What the clock does to hazards whose time has come, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Collection

from gridql import clock
from gridql.database import transaction
from gridql.domain.hazards import timing
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import HazardEventKind
from gridql.domain.hazards.timing import Step
from gridql.handling import Handling
from gridql.journal import entry
from gridql.journal.models import Entry
from gridql.rows import utc_text


async def waiting(count: int, without: Collection[int] = ()) -> list[int]:
    """Up to `count` hazards whose time has come, those first that have waited longest."""
    due = Hazard.filter(clock_at__lte=clock.now(), id__not_in=[*without])
    rows = await due.order_by("clock_at", "id").limit(count).only("id")
    return [row.id for row in rows]


async def look(hazard_id: int, handling: Handling) -> bool:
    """Do to a hazard what has fallen due, each step with an entry in the journal.

    False where nothing is left to do, or where somebody else holds the hazard: what they leave to
    be done will be waiting again.
    """
    async with transaction():
        now = clock.now()
        due = Hazard.filter(id=hazard_id, clock_at__lte=now)
        hazard = await due.select_for_update(skip_locked=True).first()
        if hazard is None:
            return False
        entries = [_entry(hazard, step) for step in timing.catch_up(hazard, handling, now)]
        await hazard.save(update_fields=["level", "urgency", "clock_at", "revision"])
        if entries:
            await entry.write_many(entries)
    return True


def _entry(hazard: Hazard, step: Step) -> Entry:
    """What a step leaves in the journal; the hazard has changed by it, and by none after it."""
    hazard.revision += 1
    escalated = step.kind is HazardEventKind.ESCALATED
    changed = {"level": hazard.level.value} if escalated else {"urgency": hazard.urgency.value}
    return entry.entry(
        None,
        role=entry.CLOCK,
        subject_type="Hazard",
        subject_id=hazard.id,
        kind=step.kind,
        grid_code=hazard.grid_id,
        from_state=hazard.status,
        to_state=hazard.status,
        revision=hazard.revision,
        changes={**changed, "fellDueAt": utc_text(step.at)},
    )

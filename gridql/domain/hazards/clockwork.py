"""What the clock does to hazards whose time has come, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from gridql import clock
from gridql.database import transaction
from gridql.domain.hazards import calls, timing
from gridql.domain.hazards.models import Hazard, HazardPart
from gridql.domain.hazards.rules import OPEN_STATUSES, HazardEventKind
from gridql.handling import Handling
from gridql.journal import entry
from gridql.journal.models import Entry
from gridql.rows import utc_text


async def waiting(count: int, without: Collection[int] = ()) -> list[int]:
    """Hazards whose time has come, those first that have waited longest; `count` or some more.

    Also those in which a department was called whose time has come.
    """
    now = clock.now()
    hazards = Hazard.filter(clock_at__lte=now, id__not_in=[*without])
    parts = HazardPart.filter(clock_at__lte=now, hazard_id__not_in=[*without])
    found = [
        *[row.id for row in await hazards.order_by("clock_at", "id").limit(count).only("id")],
        *[row.hazard_id for row in await parts.order_by("clock_at").limit(count).only("hazard_id")],
    ]
    return list(dict.fromkeys(found))


async def look(hazard_id: int, handling: Handling) -> bool:
    """Do to a hazard what has fallen due, each step with an entry in the journal.

    False where nothing is left to do, or where somebody else holds the hazard: what they leave to
    be done will be waiting again.
    """
    async with transaction():
        now = clock.now()
        hazard = await Hazard.filter(id=hazard_id).select_for_update(skip_locked=True).first()
        if hazard is None:
            return False
        parts = await HazardPart.filter(hazard_id=hazard_id, clock_at__lte=now).order_by("id")
        if not parts and (hazard.clock_at is None or hazard.clock_at > now):
            return False
        entries = [*_steps(hazard, handling), *_missed(hazard, parts)]
        await hazard.save(update_fields=["level", "urgency", "clock_at", "revision"])
        for part in parts:
            await part.save(update_fields=["clock_at"])
        if entries:
            await entry.write_many(entries)
    return True


def _steps(hazard: Hazard, handling: Handling) -> Iterator[Entry]:
    for step in timing.catch_up(hazard, handling, clock.now()):
        if step.kind is HazardEventKind.ESCALATED:
            changes = {"level": hazard.level.value}
        else:
            changes = {"urgency": hazard.urgency.value}
        yield _entry(hazard, step.kind, {**changes, "fellDueAt": utc_text(step.at)})


def _missed(hazard: Hazard, parts: list[HazardPart]) -> Iterator[Entry]:
    for part in parts:
        if hazard.status not in OPEN_STATUSES:
            part.clock_at = None
            continue
        for missed in calls.catch_up(part, clock.now()):
            changes = {"departments": [part.department], "step": missed.step.value}
            told = {**changes, "fellDueAt": utc_text(missed.at)}
            yield _entry(hazard, HazardEventKind.OVERDUE, told)


def _entry(hazard: Hazard, kind: HazardEventKind, changes: dict[str, Any]) -> Entry:
    """What a step leaves in the journal; the hazard has changed by it, and by none after it."""
    hazard.revision += 1
    return entry.entry(
        None,
        role=entry.CLOCK,
        subject_type="Hazard",
        subject_id=hazard.id,
        kind=kind,
        grid_code=hazard.grid_id,
        from_state=hazard.status,
        to_state=hazard.status,
        revision=hazard.revision,
        changes=changes,
    )

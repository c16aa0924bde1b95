"""Use cases about hazards: reporting and closing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from gridql import clock
from gridql.access import enforce
from gridql.access.roles import Actor
from gridql.database import settled, transaction
from gridql.domain.areas.models import Grid
from gridql.domain.areas.repeats import the_same
from gridql.domain.hazards import timing
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import (
    OPEN_STATUSES,
    HazardEventKind,
    HazardStatus,
    Severity,
    note_faults,
    report_faults,
)
from gridql.domain.places.models import Place
from gridql.domain.workers.actions import worker_of
from gridql.errors import Fault, ProblemCode, Refusal
from gridql.handling import Handling
from gridql.journal import entry
from gridql.journal.models import Entry


@dataclass(frozen=True, slots=True)
class HazardDraft:
    """A hazard as it is reported."""

    title: str
    severity: Severity
    category: str
    grid_code: str | None = None
    place_id: int | None = None
    description: str | None = None
    department: str | None = None
    due_at: datetime | None = None
    client_id: UUID | None = None
    submission_id: int | None = None
    worker_id: int | None = None


async def report(actor: Actor, handling: Handling, draft: HazardDraft) -> Hazard:
    """Report a hazard at a place, or somewhere in a grid.

    Raises FORBIDDEN for a role that reports none; NOT_FOUND for a place or grid outside of the
    actor's scope; INVALID for what cannot be reported like that; CONFLICT when the client id was
    used for another hazard. Sent again, it gives the hazard of the first time.
    """
    enforce.require(actor, "Hazard.report")
    return await settled(lambda: _report(actor, handling, draft))


async def _report(actor: Actor, handling: Handling, draft: HazardDraft) -> Hazard:
    faults = report_faults(
        draft.title,
        draft.severity,
        draft.category,
        draft.place_id,
        draft.grid_code,
        draft.description,
        draft.department,
    )
    async with transaction():
        place = await enforce.find(actor, Place, draft.place_id, "/placeId", faults)
        grid = await enforce.find(actor, Grid, draft.grid_code, "/gridCode", faults)
        if faults:
            raise Refusal(faults)
        code = place.grid_id if place else grid.code if grid else None
        earlier = draft.client_id and await Hazard.get_or_none(client_id=draft.client_id)
        if earlier:
            about = {"place_id": draft.place_id, "grid_id": code}
            return the_same(earlier, about, {name: getattr(draft, name) for name in _SENT})
        worker = await worker_of(actor)
        hazards = await open_all(
            actor,
            handling,
            [replace(draft, grid_code=code, worker_id=worker.id if worker else None)],
            clock.now(),
        )
    return hazards[0]


async def open_all(
    actor: Actor | None,
    handling: Handling,
    drafts: Sequence[HazardDraft],
    reported_at: datetime,
) -> list[Hazard]:
    """Write hazards that were checked already, in the transaction of whoever found them."""
    hazards = [row_of(handling, draft, reported_at) for draft in drafts]
    for hazard in hazards:
        await hazard.save()
    await entry.write_many(reported(actor, hazard) for hazard in hazards)
    return hazards


def row_of(handling: Handling, draft: HazardDraft, reported_at: datetime) -> Hazard:
    """The row of a hazard that was checked already, not yet written."""
    hazard = Hazard(
        client_id=draft.client_id,
        title=draft.title,
        description=draft.description,
        severity=draft.severity,
        category=draft.category,
        department=draft.department,
        place_id=draft.place_id,
        submission_id=draft.submission_id,
        reported_by_id=draft.worker_id,
        reported_at=reported_at,
        due_at=draft.due_at,
        grid_id=draft.grid_code,
    )
    timing.reset(hazard, handling, reported_at)
    return hazard


def reported(actor: Actor | None, hazard: Hazard) -> Entry:
    """What the report of a hazard leaves in the journal, not yet written."""
    return entry.entry(
        actor,
        subject_type="Hazard",
        subject_id=hazard.id,
        kind=HazardEventKind.REPORTED,
        grid_code=hazard.grid_id,
        to_state=hazard.status,
        revision=hazard.revision,
        at=hazard.reported_at,
    )


async def close(
    actor: Actor, hazard_id: int, note: str | None = None, expected_revision: int | None = None
) -> Hazard:
    """Close an open hazard.

    Raises FORBIDDEN for a role that closes none; NOT_FOUND for one outside of the actor's scope;
    STALE when it has changed since `expected_revision`; CONFLICT when it is not open any more.
    """
    enforce.require(actor, "Hazard.close")
    faults = note_faults(note)
    async with transaction():
        hazard = await enforce.find(actor, Hazard, hazard_id, "/hazardId", faults, lock=True)
        if faults or hazard is None:
            raise Refusal(faults)
        _require_fresh(hazard, expected_revision)
        if hazard.status not in OPEN_STATUSES:
            raise Refusal([_not_open(hazard)])
        await entry.write_many([await closed(actor, hazard, clock.now(), note)])
    return hazard


async def closed(
    actor: Actor | None, hazard: Hazard, at: datetime, note: str | None = None
) -> Entry:
    """Write that a hazard was closed; what it leaves in the journal, not yet written.

    In the transaction of whoever has locked the hazard and seen that it is open.
    """
    before = hazard.status
    hazard.status = HazardStatus.CLOSED
    hazard.closed_at = at
    hazard.revision += 1
    timing.stop(hazard)
    await hazard.save(update_fields=["status", "closed_at", "revision", "urgency", "clock_at"])
    return entry.entry(
        actor,
        subject_type="Hazard",
        subject_id=hazard.id,
        kind=HazardEventKind.CLOSED,
        grid_code=hazard.grid_id,
        from_state=before,
        to_state=hazard.status,
        revision=hazard.revision,
        note=note,
        at=at,
    )


_SENT = ("title", "description", "severity", "category", "department", "due_at")
"""What a device says of a hazard, apart from where it is."""


def _require_fresh(hazard: Hazard, expected_revision: int | None) -> None:
    if expected_revision is None or expected_revision == hazard.revision:
        return
    raise Refusal(
        [
            Fault(
                ProblemCode.STALE,
                "/expectedRevision",
                {
                    "zh": f"隐患已被他人修改：当前为第 {hazard.revision} 版，"
                    f"状态 {hazard.status}。",
                    "en": f"The hazard has changed meanwhile: it is at revision "
                    f"{hazard.revision} now, {hazard.status}.",
                },
            )
        ]
    )


def _not_open(hazard: Hazard) -> Fault:
    return Fault(
        ProblemCode.CONFLICT,
        "/hazardId",
        {
            "zh": f"隐患当前状态为 {hazard.status}，不能销号。",
            "en": f"The hazard is {hazard.status} and cannot be closed.",
        },
    )

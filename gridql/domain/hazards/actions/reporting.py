"""Reporting hazards: by hand, out of what inspections find, and put right at once."""

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
from gridql.domain.hazards.actions.gate import Target, at_work, changed
from gridql.domain.hazards.evidence import Photo, documents, evidence_faults
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.moves import WITHOUT_DEPARTMENT
from gridql.domain.hazards.rules import (
    HazardEventKind,
    HazardStatus,
    Severity,
    remark_faults,
    report_faults,
)
from gridql.domain.places.models import Place
from gridql.domain.workers.actions import worker_of
from gridql.errors import Fault, Refusal, client_id_taken, invalid
from gridql.handling import Handling
from gridql.journal import entry
from gridql.journal.models import Entry

SPOT = "/rectifiedOnSpot"
"""Where a report says that the hazard was put right at once."""

TOO_GRAVE = {
    "zh": "疑似重大或重大隐患不能当场整改销号，须交办部门。",
    "en": "What may be major is not put right on the spot: a department has to look at it.",
}


@dataclass(frozen=True, slots=True)
class Rectification:
    """How a hazard was put right, with photographs of it."""

    remark: str
    evidence: Sequence[Photo] = ()

    def faults(self, path: str = "") -> list[Fault]:
        """Everything that is wrong with it where it stands at `path` of the input."""
        return [
            *remark_faults(self.remark, f"{path}/remark"),
            *evidence_faults(f"{path}/evidence", self.evidence, least=1),
        ]


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
    item: str | None = None
    on_spot: Rectification | None = None
    """How it was put right at once, if it was."""


async def report(actor: Actor, handling: Handling, draft: HazardDraft) -> Hazard:
    """Report a hazard at a place, or somewhere in a grid; closed already if put right at once.

    Raises FORBIDDEN for a role that reports none; NOT_FOUND for a place or grid outside of the
    actor's scope; INVALID for what cannot be reported like that; CONFLICT when the client id was
    used for another hazard. Sent again, it gives the hazard of the first time.
    """
    enforce.require(actor, "Hazard.report")
    return await settled(lambda: _report(actor, handling, draft))


async def _report(actor: Actor, handling: Handling, draft: HazardDraft) -> Hazard:
    faults = _faults(draft)
    async with transaction():
        place = await enforce.find(actor, Place, draft.place_id, "/placeId", faults)
        grid = await enforce.find(actor, Grid, draft.grid_code, "/gridCode", faults)
        if faults:
            raise Refusal(faults)
        code = place.grid_id if place else grid.code if grid else None
        earlier = draft.client_id and await Hazard.get_or_none(client_id=draft.client_id)
        if earlier:
            return await _again(earlier, draft, code)
        worker = await worker_of(actor)
        [hazard] = await open_all(
            actor,
            handling,
            [replace(draft, grid_code=code, worker_id=worker.id if worker else None)],
            clock.now(),
        )
        if draft.on_spot is not None:
            await entry.write_many([await _closed_on_spot(actor, hazard, draft.on_spot)])
    return hazard


def _faults(draft: HazardDraft) -> list[Fault]:
    faults = report_faults(
        draft.title,
        draft.severity,
        draft.category,
        draft.place_id,
        draft.grid_code,
        draft.description,
        draft.department,
    )
    if draft.on_spot is not None:
        faults += draft.on_spot.faults(SPOT)
        if draft.severity not in WITHOUT_DEPARTMENT:
            faults.append(invalid(SPOT, TOO_GRAVE["zh"], TOO_GRAVE["en"]))
    return faults


async def _again(earlier: Hazard, draft: HazardDraft, grid_code: str | None) -> Hazard:
    """The hazard of the first time, unless that one says something else."""
    about = {"place_id": draft.place_id, "grid_id": grid_code}
    the_same(earlier, about, {name: getattr(draft, name) for name in _SENT})
    if draft.on_spot is not None:
        first = await Entry.get_or_none(
            subject_type="Hazard",
            subject_id=earlier.id,
            kind=HazardEventKind.RECTIFIED_ON_SPOT,
            revision=2,
        )
        sent = {"evidence": documents(draft.on_spot.evidence)}
        if first is None or (first.note, first.changes) != (draft.on_spot.remark, sent):
            raise Refusal([client_id_taken()])
    return earlier


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
        item=draft.item,
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


async def rectify_on_spot(
    actor: Actor, handling: Handling, target: Target, done: Rectification
) -> Hazard:
    """Close a hazard that was put right where it was found, before any department had it.

    Raises as every verb (`gate.at_work`); INVALID without a remark and evidence; CONFLICT for one
    that may be major.
    """
    async with at_work(actor, handling, "rectifyOnSpot", target, done.faults()) as work:
        if work.hazard.severity not in WITHOUT_DEPARTMENT:
            work.conflict(TOO_GRAVE["zh"], TOO_GRAVE["en"])
        await work.finish(
            note=done.remark,
            changes={"evidence": documents(done.evidence)},
            closed_at=clock.now(),
        )
    return work.hazard


async def _closed_on_spot(actor: Actor, hazard: Hazard, done: Rectification) -> Entry:
    return await changed(
        actor,
        None,
        hazard,
        HazardEventKind.RECTIFIED_ON_SPOT,
        at=hazard.reported_at,
        note=done.remark,
        changes={"evidence": documents(done.evidence)},
        status=HazardStatus.CLOSED,
        closed_at=hazard.reported_at,
    )


_SENT = ("title", "description", "severity", "category", "department", "due_at")
"""What a device says of a hazard, apart from where it is."""

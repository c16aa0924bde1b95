"""Use cases about visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gridql import clock
from gridql.access import enforce
from gridql.access.roles import Actor
from gridql.database import settled, transaction
from gridql.domain.areas.models import Grid
from gridql.domain.areas.repeats import the_same
from gridql.domain.people.actions import note_call
from gridql.domain.people.models import Household
from gridql.domain.places.models import Place
from gridql.domain.visits.models import Visit
from gridql.domain.visits.rules import VisitKind, VisitOutcome, visit_faults, was_met
from gridql.domain.workers.actions import worker_of
from gridql.errors import Refusal
from gridql.journal import entry


@dataclass(frozen=True, slots=True)
class VisitDraft:
    """A visit as it is reported; exactly one of household, place and grid."""

    client_id: UUID
    kind: VisitKind
    outcome: VisitOutcome
    household_id: int | None = None
    place_id: int | None = None
    grid_code: str | None = None
    visited_at: datetime | None = None
    note: str | None = None


async def record(actor: Actor, draft: VisitDraft) -> Visit:
    """Record a visit and, on the household, when somebody last called and was last met.

    Raises FORBIDDEN for a role that makes no visits; NOT_FOUND for a subject outside of the
    actor's scope; INVALID for a subject that does not fit the kind or a moment to come; CONFLICT
    when the client id was used for another visit. Sent again, it gives the visit of the first time.
    """
    enforce.require(actor, "Visit.record")
    return await settled(lambda: _record(actor, draft))


async def _record(actor: Actor, draft: VisitDraft) -> Visit:
    now = clock.now()
    moment = draft.visited_at or now
    faults = visit_faults(
        draft.kind,
        household=draft.household_id is not None,
        place=draft.place_id is not None,
        grid=draft.grid_code is not None,
        visited_at=moment,
        now=now,
        note=draft.note,
    )
    async with transaction():
        household = await enforce.find(
            actor, Household, draft.household_id, "/householdId", faults, lock=True
        )
        place = await enforce.find(actor, Place, draft.place_id, "/placeId", faults)
        grid = await enforce.find(actor, Grid, draft.grid_code, "/gridCode", faults)
        subject = household or place
        code = subject.grid_id if subject else grid.code if grid else None
        if faults or code is None:
            raise Refusal(faults)
        earlier = await Visit.get_or_none(client_id=draft.client_id)
        if earlier is not None:
            return the_same(earlier, *_compared(draft, code))
        worker = await worker_of(actor)
        visit = await Visit.create(
            client_id=draft.client_id,
            kind=draft.kind,
            outcome=draft.outcome,
            visited_at=moment,
            note=draft.note,
            household_id=draft.household_id,
            place_id=draft.place_id,
            grid_id=code,
            worker_id=worker.id if worker else None,
        )
        if household is not None:
            await note_call(household, moment, met=was_met(draft.outcome))
        await entry.write(
            actor,
            subject_type="Visit",
            subject_id=visit.id,
            kind="RECORDED",
            grid_code=code,
            to_state=draft.outcome,
        )
    return visit


def _compared(draft: VisitDraft, code: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the visit is about, and what else the device says of it."""
    about = {"household_id": draft.household_id, "place_id": draft.place_id, "grid_id": code}
    sent = {name: getattr(draft, name) for name in ("kind", "outcome", "visited_at", "note")}
    return about, sent

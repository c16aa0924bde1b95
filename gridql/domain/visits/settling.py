"""Taking over visits of the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tortoise.models import Model

from gridql import clock
from gridql.access import enforce
from gridql.access.roles import Actor
from gridql.database import transaction
from gridql.domain.areas import settling
from gridql.domain.areas.models import Grid
from gridql.domain.people.actions import LastCall, note_calls
from gridql.domain.people.models import Household
from gridql.domain.places.models import Place
from gridql.domain.visits.actions import VisitDraft
from gridql.domain.visits.models import Visit
from gridql.domain.visits.rules import visit_faults, was_met
from gridql.errors import Fault, Refusal


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A visit of the past as it is taken over, and who made it."""

    visit: VisitDraft
    worker_id: int | None = None


async def settle(actor: Actor | None, drafts: Sequence[PastVisit]) -> int:
    """Take over visits that took place, and when each household was last visited; how many.

    Those whose client id is known already are passed over. Raises FORBIDDEN; NOT_FOUND for a
    subject outside of the actor's scope; INVALID for what could not be recorded like that.
    """
    enforce.require(actor, settling.RIGHT)
    visits = [draft.visit for draft in drafts]
    faults = _past_faults(visits) + settling.twice([each.client_id for each in visits], "clientId")
    async with transaction():
        grids = await _grids(actor, visits, faults)
        if faults:
            raise Refusal(faults)
        known = Visit.filter(client_id__in=[each.client_id for each in visits])
        taken = set(await known.values_list("client_id", flat=True))
        rows = [
            _row(draft, code)
            for draft, code in zip(drafts, grids, strict=True)
            if draft.visit.client_id not in taken
        ]
        await Visit.bulk_create(rows, batch_size=settling.BATCH)
        await note_calls(_last_calls(rows))
        await settling.note(actor, "Grid", visits=[row.grid_id for row in rows])
    return len(rows)


def _past_faults(visits: Sequence[VisitDraft]) -> list[Fault]:
    now = clock.now()
    return [
        replace(fault, path=f"/{n}{fault.path or ''}")
        for n, visit in enumerate(visits)
        for fault in visit_faults(
            visit.kind,
            household=visit.household_id is not None,
            place=visit.place_id is not None,
            grid=visit.grid_code is not None,
            visited_at=visit.visited_at or now,
            now=now,
            note=visit.note,
        )
    ]


async def _grids(
    actor: Actor | None, visits: Sequence[VisitDraft], faults: list[Fault]
) -> list[str]:
    """The grid in which each visit took place; what the actor does not see joins the faults."""
    codes: dict[int, str] = {}
    named: tuple[tuple[type[Model], str, str, list[Any]], ...] = (
        (Household, "householdId", "grid_id", [each.household_id for each in visits]),
        (Place, "placeId", "grid_id", [each.place_id for each in visits]),
        (Grid, "gridCode", "code", [each.grid_code for each in visits]),
    )
    for model, member, column, keys in named:
        seen = await settling.found(actor, model, {key for key in keys if key is not None}, column)
        faults += settling.missing(model, keys, seen, member)
        codes |= {n: seen[key] for n, key in enumerate(keys) if key in seen}
    return [codes.get(n, "") for n in range(len(visits))]


def _row(draft: PastVisit, code: str) -> Visit:
    visit = draft.visit
    return Visit(
        client_id=visit.client_id,
        kind=visit.kind,
        outcome=visit.outcome,
        visited_at=visit.visited_at or clock.now(),
        note=visit.note,
        household_id=visit.household_id,
        place_id=visit.place_id,
        grid_id=code,
        worker_id=draft.worker_id,
    )


def _last_calls(rows: Sequence[Visit]) -> dict[int, LastCall]:
    calls: dict[int, LastCall] = {}
    for row in rows:
        if row.household_id is not None:
            before = calls.get(row.household_id, LastCall(row.visited_at, None))
            calls[row.household_id] = before.with_call(row.visited_at, met=was_met(row.outcome))
    return calls

"""Taking over hazards of the past, each with its own history in the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gridql.access import enforce
from gridql.access.roles import Actor
from gridql.database import transaction
from gridql.domain.areas import settling
from gridql.domain.areas.models import Grid
from gridql.domain.hazards.actions.closing import closed
from gridql.domain.hazards.actions.reporting import HazardDraft, reported, row_of
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import OPEN_STATUSES, report_faults
from gridql.domain.places.models import Place
from gridql.errors import Fault, Refusal
from gridql.handling import Handling
from gridql.journal import entry


@dataclass(frozen=True, slots=True)
class PastHazard:
    """A hazard of the past as it is taken over."""

    hazard: HazardDraft
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class PastClosing:
    """The closing of a hazard, as it is taken over."""

    hazard_id: int
    closed_at: datetime
    note: str | None = None


async def settle(
    actor: Actor | None, handling: Handling, drafts: Sequence[PastHazard]
) -> list[Hazard]:
    """Take over hazards as reported and not yet closed; they come back in the order given.

    Those whose client id is known already are passed over. Raises FORBIDDEN; NOT_FOUND for a place
    or grid outside of the actor's scope; INVALID for what could not be reported like that.
    """
    enforce.require(actor, settling.RIGHT)
    hazards = [draft.hazard for draft in drafts]
    faults = _past_faults(hazards)
    async with transaction():
        places = await settling.found(
            actor, Place, {each.place_id for each in hazards if each.place_id}, "grid_id"
        )
        grids = await settling.found(
            actor, Grid, {each.grid_code for each in hazards if each.grid_code}, "code"
        )
        faults += settling.missing(Place, [each.place_id for each in hazards], places, "placeId")
        faults += settling.missing(Grid, [each.grid_code for each in hazards], grids, "gridCode")
        if faults:
            raise Refusal(faults)
        ids = [each.client_id for each in hazards if each.client_id]
        known = set(await Hazard.filter(client_id__in=ids).values_list("client_id", flat=True))
        new = [
            replace(
                draft,
                hazard=replace(
                    draft.hazard,
                    grid_code=draft.hazard.grid_code or places.get(draft.hazard.place_id or 0),
                ),
            )
            for draft in drafts
            if draft.hazard.client_id not in known
        ]
        return await open_past(actor, handling, new)


def _past_faults(hazards: Sequence[HazardDraft]) -> list[Fault]:
    faults = [
        replace(fault, path=f"/{n}{fault.path or ''}")
        for n, each in enumerate(hazards)
        for fault in report_faults(
            each.title, each.severity, each.category, each.place_id, each.grid_code
        )
    ]
    ids = [each.client_id for each in hazards if each.client_id]
    return faults + settling.twice(ids, "clientId")


async def open_past(
    actor: Actor | None, handling: Handling, drafts: Sequence[PastHazard]
) -> list[Hazard]:
    """Write hazards of the past that were checked already, in the caller's transaction."""
    hazards = [row_of(handling, draft.hazard, draft.reported_at) for draft in drafts]
    for hazard in hazards:
        await hazard.save()
    await entry.write_many(reported(actor, hazard) for hazard in hazards)
    return hazards


async def close(actor: Actor | None, closings: Sequence[PastClosing]) -> int:
    """Take over the closings of hazards, in the order given; those not open are passed over.

    Returns how many were closed. Raises FORBIDDEN; NOT_FOUND for a hazard outside of the actor's
    scope.
    """
    enforce.require(actor, settling.RIGHT)
    async with transaction():
        query = Hazard.filter(
            enforce.rows(actor, Hazard), id__in=[each.hazard_id for each in closings]
        )
        hazards = {row.id: row for row in await query.order_by("id").select_for_update()}
        faults = settling.missing(
            Hazard, [each.hazard_id for each in closings], hazards, "hazardId"
        )
        if faults:
            raise Refusal(faults)
        entries = [
            await closed(actor, hazards[each.hazard_id], each.closed_at, each.note)
            for each in closings
            if hazards[each.hazard_id].status in OPEN_STATUSES
        ]
        await entry.write_many(entries)
    return len(entries)

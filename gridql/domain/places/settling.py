"""Taking over places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridql.access import enforce
from gridql.access.roles import Actor
from gridql.database import transaction
from gridql.domain.areas import settling
from gridql.domain.places.models import Place


@dataclass(frozen=True, slots=True)
class PlaceDraft:
    """A place as it is taken over."""

    grid_code: str
    name: str
    scheme: str
    category: str
    address: str | None = None
    location: Mapping[str, Any] | None = None
    """GeoJSON Point in WGS 84."""
    responsible_person: str | None = None


async def settle(actor: Actor | None, drafts: Sequence[PlaceDraft]) -> list[int]:
    """Take over places; their ids, in the order given.

    One that its grid knows by that name already is left as it is. Raises FORBIDDEN; NOT_FOUND for a
    grid outside of the actor's scope; INVALID for one that comes twice.
    """
    enforce.require(actor, settling.RIGHT)
    rows = [
        Place(
            grid_id=draft.grid_code,
            name=draft.name,
            scheme=draft.scheme,
            category=draft.category,
            address=draft.address,
            location=draft.location,
            responsible_person=draft.responsible_person,
        )
        for draft in drafts
    ]
    async with transaction():
        kept = await settling.settle(actor, rows, "name")
        new = [row.grid_id for row, each in zip(rows, kept, strict=True) if each.is_new]
        await settling.note(actor, "Grid", places=new)
    return [each.id for each in kept]

"""DataLoaders: what the resolvers of one request ask for, gathered into a statement each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TypeVar

from strawberry.dataloader import DataLoader
from tortoise.models import Model

from gridql.access.roles import Actor
from gridql.domain.areas.models import Area, Grid
from gridql.domain.places.models import Place
from gridql.journal.models import Entry

M = TypeVar("M", bound=Model)


async def _areas(codes: list[str]) -> list[Area | None]:
    return await _by_key(Area, codes)


async def _grids(codes: list[str]) -> list[Grid | None]:
    return await _by_key(Grid, codes)


async def _places(ids: list[int]) -> list[Place | None]:
    return await _by_key(Place, ids)


async def _by_key(model: type[M], keys: list[str] | list[int]) -> list[M | None]:
    found = await model.in_bulk(keys, model._meta.pk_attr)
    return [found.get(key) for key in keys]


async def _events(hazards: list[int]) -> list[list[Entry]]:
    """The events of each hazard, oldest first: a hazard has few, so all of them."""
    found: dict[int, list[Entry]] = defaultdict(list)
    rows = Entry.filter(subject_type="Hazard", subject_id__in=hazards).order_by("id")
    for row in await rows:
        found[row.subject_id].append(row)
    return [found[hazard] for hazard in hazards]


@dataclass
class Context:
    """What resolvers share during one request."""

    actor: Actor
    areas: DataLoader[str, Area | None] = field(default_factory=lambda: DataLoader(_areas))
    grids: DataLoader[str, Grid | None] = field(default_factory=lambda: DataLoader(_grids))
    places: DataLoader[int, Place | None] = field(default_factory=lambda: DataLoader(_places))
    events: DataLoader[int, list[Entry]] = field(default_factory=lambda: DataLoader(_events))

"""What was committed, read from the journal itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import pairwise

from gridql.database import Database
from gridql.domain.hazards.models import Hazard
from gridql.journal.models import Entry
from gridql.journal.verify import verify
from tests.endurance.told import Committed

_NUMBERED_S = 10


async def count() -> int:
    """Events of hazards that are committed so far."""
    return await Entry.filter(subject_type="Hazard").count()


async def journal(database: Database) -> Mapping[int, Committed]:
    """The events of hazards by position, once all that is committed has one.

    Fails where the journal itself does not hold: a gap, a broken chain, a hazard whose changes are
    not in the order of its revisions.
    """
    async with asyncio.timeout(_NUMBERED_S):
        while await Entry.filter(position__isnull=True).exists():
            await asyncio.sleep(0.1)
    verdict = await verify(database)
    assert verdict.breaks == []
    assert verdict.position == await Entry.all().count()
    severities = {hazard.id: str(hazard.severity) for hazard in await Hazard.all()}
    found = {}
    for entry in await Entry.filter(subject_type="Hazard").order_by("position"):
        assert entry.position is not None
        assert entry.grid_code is not None
        assert entry.revision is not None
        found[entry.position] = Committed(
            entry.position,
            entry.id,
            entry.subject_id,
            entry.kind,
            entry.revision,
            entry.grid_code,
            severities[entry.subject_id],
            entry.occurred_at.timestamp(),
        )
    _require_order(found)
    return found


def _require_order(journal: Mapping[int, Committed]) -> None:
    by_hazard: dict[int, list[int]] = {}
    for event in journal.values():
        by_hazard.setdefault(event.hazard, []).append(event.revision)
    for hazard, revisions in by_hazard.items():
        assert revisions[0] == 1, (hazard, revisions)
        assert all(later == earlier + 1 for earlier, later in pairwise(revisions)), (
            hazard,
            revisions,
        )

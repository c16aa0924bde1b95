"""Taking over grid workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridql.access import enforce
from gridql.access.roles import Actor
from gridql.database import transaction
from gridql.domain.areas import settling
from gridql.domain.workers.models import GridWorker
from gridql.domain.workers.rules import Duty, WorkerKind


@dataclass(frozen=True, slots=True)
class WorkerDraft:
    """A grid worker as they are taken over."""

    grid_code: str
    name: str
    kind: WorkerKind
    duty: Duty = Duty.MEMBER


async def settle(actor: Actor | None, drafts: Sequence[WorkerDraft]) -> list[int]:
    """Take over grid workers; their ids, in the order given.

    One whom their grid knows by that name already is left as they are. Raises FORBIDDEN; NOT_FOUND
    for a grid outside of the actor's scope; INVALID for one who comes twice.
    """
    enforce.require(actor, settling.RIGHT)
    rows = [
        GridWorker(
            grid_id=draft.grid_code,
            name=draft.name,
            kind=draft.kind,
            duty=draft.duty,
        )
        for draft in drafts
    ]
    async with transaction():
        kept = await settling.settle(actor, rows, "name")
        new = [row.grid_id for row, each in zip(rows, kept, strict=True) if each.is_new]
        await settling.note(actor, "Grid", workers=new)
    return [each.id for each in kept]

"""The same hazard reported twice: merged into one, and taken apart again."""

from __future__ import annotations

from gridql.access import enforce
from gridql.access.roles import Actor
from gridql.domain.hazards.actions.closing import ANEW
from gridql.domain.hazards.actions.gate import Target, Work, at_work
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.moves import WITHOUT_DEPARTMENT
from gridql.domain.hazards.rules import OPEN_STATUSES, Severity, note_faults
from gridql.errors import invalid
from gridql.handling import Handling

INTO = "/intoId"


async def merge(
    actor: Actor, handling: Handling, target: Target, into_id: int, note: str | None = None
) -> Hazard:
    """Void a hazard as a duplicate of another one, which goes on as it is.

    Raises as every verb (`gate.at_work`); NOT_FOUND for another one that the actor does not see;
    CONFLICT where that one is not open, or the two are not about the same thing at the same place.
    """
    faults = note_faults(note)
    if into_id == target.hazard_id:
        faults.append(invalid(INTO, "不能与自身合并。", "A hazard cannot be merged into itself."))
    async with at_work(actor, handling, "merge", target, faults, together_with=into_id) as work:
        into = await enforce.find(actor, Hazard, into_id, INTO, work.faults)
        if into is not None:
            _require_same(work, into)
        await work.finish(note=note, merged_into_id=into_id, extension_until=None)
    return work.hazard


def _require_same(work: Work, into: Hazard) -> None:
    one = work.hazard
    if into.status not in OPEN_STATUSES:
        work.conflict(
            f"另一隐患当前状态为 {into.status}，不能合并到其中。",
            f"The other hazard is {into.status}, and nothing can be merged into it.",
            INTO,
        )
    if (one.place_id, one.grid_id) != (into.place_id, into.grid_id):
        work.conflict(
            "两个隐患不在同一场所或网格。",
            "The two are not at the same place, or in the same grid.",
            INTO,
        )
    both_found = one.item is not None and into.item is not None
    if (one.item != into.item) if both_found else (one.category != into.category):
        work.conflict(
            "两个隐患的检查项或类别不同。",
            "The two are not about the same item of a checklist, or of the same category.",
            INTO,
        )
    if one.severity not in WITHOUT_DEPARTMENT and into.severity not in (
        one.severity,
        Severity.MAJOR,
    ):
        work.conflict(
            "重大或疑似重大隐患不能合并到级别较低的隐患。",
            "What is or may be major cannot be merged into what is less.",
            INTO,
        )


async def unmerge(
    actor: Actor, handling: Handling, target: Target, note: str | None = None
) -> Hazard:
    """Let a hazard that is no duplicate after all begin again; raises as every verb."""
    async with at_work(actor, handling, "unmerge", target, note_faults(note)) as work:
        if work.hazard.merged_into_id is None:
            work.conflict(
                "没有被合并；如需恢复，请重新打开（reopenHazard）。",
                "It was voided, but not merged into another one: reopen it (reopenHazard).",
            )
        await work.finish(note=note, merged_into_id=None, **ANEW)
    return work.hazard

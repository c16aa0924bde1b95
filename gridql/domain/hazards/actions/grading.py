"""How high a hazard is taken, and whether it is major."""

from __future__ import annotations

from collections.abc import Collection

from gridql.access.roles import Actor
from gridql.domain.hazards import timing
from gridql.domain.hazards.actions.gate import Target, Work, at_work
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import HazardLevel, Severity, note_faults
from gridql.handling import Handling


async def escalate(
    actor: Actor, handling: Handling, target: Target, note: str | None = None
) -> Hazard:
    """Take a hazard to the next level up; raises as every verb, CONFLICT above the district."""
    async with at_work(actor, handling, "escalate", target, note_faults(note)) as work:
        if work.hazard.level is HazardLevel.DISTRICT:
            work.conflict(
                "已升级至区县，没有更高层级。",
                "It is with the district already: there is nobody above.",
            )
        await work.finish(note=note, level=timing.above(work.hazard.level))
    return work.hazard


async def confirm_major(
    actor: Actor, handling: Handling, target: Target, note: str | None = None
) -> Hazard:
    """Confirm that a hazard is major, which is for departments; raises as every verb."""
    async with at_work(actor, handling, "confirmMajor", target, note_faults(note)) as work:
        _require_severity(work, {Severity.SUSPECTED_MAJOR})
        await work.finish(note=note, severity=Severity.MAJOR)
    return work.hazard


async def refute_major(
    actor: Actor, handling: Handling, target: Target, note: str | None = None
) -> Hazard:
    """Find that a hazard is serious, but not major; raises as every verb."""
    async with at_work(actor, handling, "refuteMajor", target, note_faults(note)) as work:
        _require_severity(work, {Severity.SUSPECTED_MAJOR, Severity.MAJOR})
        await work.finish(note=note, severity=Severity.SERIOUS)
    return work.hazard


def _require_severity(work: Work, which: Collection[Severity]) -> None:
    found = work.hazard.severity
    if found not in which:
        work.conflict(
            f"隐患等级为 {found}，不适用此操作。",
            f"The hazard is {found}: that is not the question.",
        )

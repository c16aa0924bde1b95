"""Ending what a hazard goes through, and beginning it anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridql import clock
from gridql.access.roles import Actor
from gridql.domain.hazards.actions.gate import Target, Work, at_work, changed
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.moves import WITHOUT_DEPARTMENT
from gridql.domain.hazards.rules import (
    HazardEventKind,
    HazardStatus,
    Severity,
    note_faults,
    reason_faults,
)
from gridql.handling import Handling
from gridql.journal.models import Entry

ANEW: dict[str, Any] = {
    "closed_at": None,
    "dispatched_at": None,
    "extension_until": None,
    "rectified_at": None,
    "rectified_by_id": None,
}
"""What is forgotten of a hazard that begins again."""


async def close(
    actor: Actor, handling: Handling, target: Target, note: str | None = None
) -> Hazard:
    """Close a hazard that was put right without a department.

    Raises as every verb (`gate.at_work`); CONFLICT for one that is or may be major: a department
    has to look at that.
    """
    async with at_work(actor, handling, "close", target, note_faults(note)) as work:
        if work.hazard.severity not in WITHOUT_DEPARTMENT:
            work.conflict(
                f"隐患等级为 {work.hazard.severity}，须交办部门处理。",
                f"The hazard is {work.hazard.severity}: a department has to deal with it.",
            )
        await work.finish(note=note, closed_at=clock.now())
    return work.hazard


async def closed(
    actor: Actor | None, hazard: Hazard, at: datetime, note: str | None = None
) -> Entry:
    """Write that a hazard was closed; what it leaves in the journal, not yet written.

    In the transaction of whoever has locked the hazard and seen that it is open.
    """
    return await changed(
        actor,
        None,
        hazard,
        HazardEventKind.CLOSED,
        at=at,
        note=note,
        status=HazardStatus.CLOSED,
        closed_at=at,
    )


async def void(actor: Actor, handling: Handling, target: Target, reason: str) -> Hazard:
    """Take back a hazard that was none.

    Raises as every verb (`gate.at_work`); INVALID without a reason; CONFLICT for one that was
    confirmed as major.
    """
    async with at_work(actor, handling, "void", target, reason_faults(reason)) as work:
        require_not_major(work)
        await work.finish(note=reason, extension_until=None)
    return work.hazard


def require_not_major(work: Work) -> None:
    """What a department has confirmed as major goes away only when one has refuted it."""
    if work.hazard.severity is Severity.MAJOR:
        work.conflict(
            "已认定为重大隐患，须先由部门排除（refuteMajor）。",
            "It was confirmed as major: a department has to refute that first (refuteMajor).",
        )


async def reopen(actor: Actor, handling: Handling, target: Target, reason: str) -> Hazard:
    """Let a hazard that was closed or voided begin again, as if just reported.

    Raises as every verb (`gate.at_work`); INVALID without a reason; CONFLICT for a duplicate.
    """
    async with at_work(actor, handling, "reopen", target, reason_faults(reason)) as work:
        if work.hazard.merged_into_id is not None:
            work.conflict(
                "已合并到另一隐患，请先取消合并（unmergeHazard）。",
                "It was merged into another one: unmerge it instead (unmergeHazard).",
            )
        await work.finish(note=reason, **ANEW)
    return work.hazard

"""Putting hazards right: submitted by whoever did it, rechecked by somebody else."""

from __future__ import annotations

from collections.abc import Sequence

from gridql import clock
from gridql.access.roles import Actor
from gridql.domain.hazards.actions.gate import Target, at_work
from gridql.domain.hazards.actions.reporting import Rectification
from gridql.domain.hazards.evidence import Photo, documents, evidence_faults
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import missing_faults, note_faults
from gridql.handling import Handling


async def submit(actor: Actor, handling: Handling, target: Target, done: Rectification) -> Hazard:
    """Say that a hazard was put right, so that it is looked at again.

    Raises as every verb (`gate.at_work`); FORBIDDEN for a department that does not lead; INVALID
    without a remark and evidence.
    """
    async with at_work(actor, handling, "submitRectification", target, done.faults()) as work:
        work.require_lead()
        await work.finish(
            note=done.remark,
            changes={"evidence": documents(done.evidence)},
            extension_until=None,
            rectified_at=clock.now(),
            rectified_by_id=actor.account_id,
        )
    return work.hazard


async def recheck(
    actor: Actor,
    handling: Handling,
    target: Target,
    *,
    passed: bool,
    note: str | None = None,
    evidence: Sequence[Photo] = (),
) -> Hazard:
    """Close a hazard that was put right, or send it back to be put right after all.

    Raises as every verb (`gate.at_work`); FORBIDDEN for the account that says that it was put
    right; INVALID where it was not, and no note says what is missing.
    """
    faults = [
        *(note_faults(note) if passed else missing_faults(note)),
        *evidence_faults("/evidence", evidence, least=0),
    ]
    verb = "passRecheck" if passed else "failRecheck"
    async with at_work(actor, handling, verb, target, faults, right="recheck") as work:
        if work.hazard.rectified_by_id == actor.account_id:
            work.forbid(
                "整改由本账号提交，须由他人复查。",
                "This account has said that it was put right: somebody else has to recheck it.",
            )
        await work.finish(
            note=note,
            changes={"evidence": documents(evidence)} if evidence else None,
            **({"closed_at": clock.now()} if passed else {}),
        )
    return work.hazard

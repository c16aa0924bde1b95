"""Handing hazards to departments: dispatched, accepted, returned, and given more time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gridql import clock
from gridql.access.roles import Actor
from gridql.domain.hazards import timing
from gridql.domain.hazards.actions.gate import Target, Work, at_work
from gridql.domain.hazards.models import Hazard, HazardPart
from gridql.domain.hazards.rules import (
    HazardEventKind,
    PartKind,
    department_faults,
    departments_faults,
    note_faults,
    reason_faults,
)
from gridql.errors import Fault, invalid
from gridql.handling import Handling
from gridql.rows import utc_text


@dataclass(frozen=True, slots=True)
class Order:
    """Who is to put a hazard right, and by when."""

    department: str
    helpers: Sequence[str] = ()
    due_at: datetime | None = None
    """None for the due date that the hazard has already."""

    def faults(self, now: datetime) -> list[Fault]:
        """Everything that is wrong with it by itself."""
        faults = [
            *department_faults("/department", self.department),
            *departments_faults("/helpers", self.helpers, lead=self.department),
        ]
        if self.due_at is not None and self.due_at <= now:
            faults.append(
                invalid("/dueAt", "整改期限应晚于现在。", "The due date has to lie ahead.")
            )
        return faults


async def dispatch(
    actor: Actor, handling: Handling, target: Target, order: Order, note: str | None = None
) -> Hazard:
    """Hand a hazard to one department that leads, and others that help.

    Raises as every verb (`gate.at_work`); INVALID for codes that are none, for a due date that is
    past, and where neither the order nor the hazard has one.
    """
    faults = [*order.faults(clock.now()), *note_faults(note)]
    async with at_work(actor, handling, "dispatch", target, faults) as work:
        due_at = order.due_at or work.hazard.due_at
        if due_at is None:
            work.faults.append(
                invalid(
                    "/dueAt",
                    "隐患没有整改期限，请填写。",
                    "The hazard has no due date yet: give one.",
                )
            )
        work.require_sound()
        assert due_at is not None
        await _set_helpers(work.hazard, order.helpers)
        await work.finish(
            note=note,
            changes={
                "department": order.department,
                "helpers": [*order.helpers],
                "dueAt": utc_text(due_at),
            },
            department=order.department,
            due_at=due_at,
            dispatched_at=clock.now(),
        )
    return work.hazard


async def _set_helpers(hazard: Hazard, helpers: Sequence[str]) -> None:
    await HazardPart.filter(hazard_id=hazard.id, part=PartKind.HELPER).delete()
    await HazardPart.bulk_create(
        [HazardPart(hazard_id=hazard.id, department=code, part=PartKind.HELPER) for code in helpers]
    )


async def accept(
    actor: Actor, handling: Handling, target: Target, note: str | None = None
) -> Hazard:
    """Take on a hazard as the department that leads; raises as every verb, FORBIDDEN for others."""
    async with at_work(actor, handling, "accept", target, note_faults(note)) as work:
        work.require_lead()
        await work.finish(note=note)
    return work.hazard


async def send_back(actor: Actor, handling: Handling, target: Target, reason: str) -> Hazard:
    """Return a hazard that is not this department's to put right; too often, and it is escalated.

    Raises as every verb (`gate.at_work`); FORBIDDEN for a department that does not lead; INVALID
    without a reason. The department keeps seeing it until another one has it.
    """
    async with at_work(actor, handling, "return", target, reason_faults(reason)) as work:
        work.require_lead()
        await work.finish(
            note=reason,
            returns=work.hazard.returns + 1,
            dispatched_at=None,
            extension_until=None,
        )
        if timing.returned_too_often(work.hazard, handling):
            await work.leave(HazardEventKind.ESCALATED, level=timing.above(work.hazard.level))
    return work.hazard


async def request_extension(
    actor: Actor, handling: Handling, target: Target, until: datetime, reason: str
) -> Hazard:
    """Ask for a later due date; what was asked for before and not answered is asked no more.

    Raises as every verb (`gate.at_work`); FORBIDDEN for a department that does not lead; INVALID
    without a reason, and for a date that is past or not later than the present one.
    """
    async with at_work(actor, handling, "requestExtension", target, reason_faults(reason)) as work:
        work.require_lead()
        now = clock.now()
        if until <= max(now, work.hazard.due_at or now):
            work.faults.append(
                invalid(
                    "/until",
                    "申请的期限应晚于现在和当前期限。",
                    "The date that is asked for has to lie ahead, and after the present due date.",
                )
            )
        await work.finish(note=reason, extension_until=until)
    return work.hazard


async def grant_extension(
    actor: Actor, handling: Handling, target: Target, note: str | None = None
) -> Hazard:
    """Let the due date be the one that was asked for; raises as every verb, CONFLICT for none."""
    async with at_work(actor, handling, "grantExtension", target, note_faults(note)) as work:
        _require_asked(work)
        await work.finish(note=note, due_at=work.hazard.extension_until, extension_until=None)
    return work.hazard


async def refuse_extension(
    actor: Actor, handling: Handling, target: Target, note: str | None = None
) -> Hazard:
    """Let the due date stay as it is; raises as every verb, CONFLICT where no other was asked."""
    async with at_work(actor, handling, "refuseExtension", target, note_faults(note)) as work:
        _require_asked(work)
        await work.finish(note=note, extension_until=None)
    return work.hazard


def _require_asked(work: Work) -> None:
    if work.hazard.extension_until is None:
        work.conflict("没有待答复的延期申请。", "No later due date is asked for.")

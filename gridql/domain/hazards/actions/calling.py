"""Calling departments together (吹哨): each signs in, speaks with the caller, and comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridql import clock
from gridql.access.roles import Actor
from gridql.domain.hazards import calls
from gridql.domain.hazards.actions.gate import Target, at_work
from gridql.domain.hazards.models import Hazard, HazardPart
from gridql.domain.hazards.rules import PartKind, departments_faults, note_faults
from gridql.handling import Handling


async def call(
    actor: Actor,
    handling: Handling,
    target: Target,
    departments: Sequence[str],
    note: str | None = None,
) -> Hazard:
    """Call departments together for a hazard; from now on they see it, and their time runs.

    Raises as every verb (`gate.at_work`); INVALID for codes that are none; CONFLICT for a
    department that was called before and has not come yet.
    """
    faults = [*departments_faults("/departments", departments, least=1), *note_faults(note)]
    async with at_work(actor, handling, "callDepartments", target, faults) as work:
        called = await _called(work.hazard, departments)
        for number, code in enumerate(departments):
            earlier = called.get(code)
            if earlier is not None and earlier.attended_at is None:
                work.conflict(
                    "该部门已被吹哨，尚未到场。",
                    "This department was called already, and has not come yet.",
                    f"/departments/{number}",
                )
        work.require_sound()
        now = clock.now()
        for code in departments:
            part = called.get(code) or HazardPart(
                hazard_id=work.hazard.id, department=code, part=PartKind.CALLED
            )
            calls.call(part, handling.calls, now)
            await part.save()
        await work.finish(note=note, changes={"departments": [*departments]})
    return work.hazard


async def _called(hazard: Hazard, departments: Sequence[str]) -> dict[str, HazardPart]:
    rows = await HazardPart.filter(
        hazard_id=hazard.id, part=PartKind.CALLED, department__in=[*departments]
    )
    return {row.department: row for row in rows}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a department which was called has to do."""

    verb: str
    column: str
    before: str | None
    """The column of what comes first."""


SIGN_IN = Step("signIn", "signed_in_at", None)
CONTACT = Step("contact", "contacted_at", "signed_in_at")
ATTEND = Step("attend", "attended_at", "contacted_at")


async def answer(
    actor: Actor, handling: Handling, target: Target, step: Step, note: str | None = None
) -> Hazard:
    """Take the next step of a department that was called, as that department.

    Raises as every verb (`gate.at_work`); CONFLICT for a department that was not called, for a
    step that it has taken, and for one before which another comes.
    """
    async with at_work(actor, handling, step.verb, target, note_faults(note)) as work:
        department = actor.department or ""
        part = (await _called(work.hazard, [department])).get(department)
        if part is None:
            work.conflict("本部门没有被吹哨。", "Your department was not called for it.")
        elif getattr(part, step.column) is not None:
            work.conflict("本部门已完成此步骤。", "Your department has done this already.")
        elif step.before is not None and getattr(part, step.before) is None:
            work.conflict(
                "请按签到、联系、到场的顺序进行。",
                "First a department signs in, then it speaks with the caller, then it comes.",
            )
        work.require_sound()
        assert part is not None
        setattr(part, step.column, clock.now())
        calls.reset(part)
        await part.save(update_fields=[step.column, "clock_at"])
        await work.finish(note=note, changes={"departments": [department]})
    return work.hazard

"""What is done about an invented hazard, by the actions that real ones go through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gridql import clock
from gridql.access.roles import Actor
from gridql.cli.partner.ground import DEPARTMENTS, Cast
from gridql.cli.partner.stories import Life, Step
from gridql.domain.hazards.actions import (
    calling,
    closing,
    dispatching,
    grading,
    rectifying,
    reporting,
)
from gridql.domain.hazards.actions.dispatching import Order
from gridql.domain.hazards.actions.gate import Target
from gridql.domain.hazards.actions.reporting import HazardDraft, Rectification
from gridql.domain.hazards.evidence import Photo
from gridql.domain.hazards.models import Hazard
from gridql.handling import Handling

DESCRIPTION = "演练数据，并非真实隐患。A drill: nothing of this is real."
NOTE = "演练 Drill"
MORE_DAYS = 7
"""That a department asks for."""

Who = Callable[[Cast, Life], Actor]
Deed = Callable[[Actor, Handling, Life], Awaitable[Hazard]]

_PHOTO = Photo("https://drill.invalid/photo.jpg", "0" * 64, caption=NOTE)
_RECTIFICATION = Rectification(NOTE, [_PHOTO])


async def do(life: Life, step: Step, cast: Cast, handling: Handling) -> None:
    """Take the step, as whoever has the right to."""
    who, deed = _DEEDS[step]
    life.hazard_id = (await deed(who(cast, life), handling, life)).id


def _worker(cast: Cast, life: Life) -> Actor:
    return cast.worker


def _office(cast: Cast, life: Life) -> Actor:
    return cast.office


def _lead(cast: Cast, life: Life) -> Actor:
    return cast.departments[life.trouble.department]


def _called(cast: Cast, life: Life) -> Actor:
    return cast.departments[_beside(life)]


def _beside(life: Life) -> str:
    """A department that is called although another one leads."""
    return next(code for code in DEPARTMENTS if code != life.trouble.department)


def _verb(action: Callable[..., Awaitable[Hazard]], **given: Any) -> Deed:
    """A deed that is the same for every hazard."""
    return lambda actor, handling, life: action(actor, handling, Target(life.hazard_id), **given)


def _report(on_spot: Rectification | None) -> Deed:
    def deed(actor: Actor, handling: Handling, life: Life) -> Awaitable[Hazard]:
        trouble = life.trouble
        draft = HazardDraft(
            title=trouble.title,
            severity=trouble.severity,
            category=trouble.category,
            place_id=life.place_id,
            description=DESCRIPTION,
            department=trouble.department,
            due_at=handling.calendar.days_after(clock.now(), trouble.days),
            on_spot=on_spot,
        )
        return reporting.report(actor, handling, draft)

    return deed


def _dispatch(actor: Actor, handling: Handling, life: Life) -> Awaitable[Hazard]:
    order = Order(life.trouble.department)
    return dispatching.dispatch(actor, handling, Target(life.hazard_id), order, NOTE)


def _ask_for_time(actor: Actor, handling: Handling, life: Life) -> Awaitable[Hazard]:
    until = handling.calendar.days_after(clock.now(), life.trouble.days + MORE_DAYS)
    return dispatching.request_extension(actor, handling, Target(life.hazard_id), until, NOTE)


def _call(actor: Actor, handling: Handling, life: Life) -> Awaitable[Hazard]:
    return calling.call(actor, handling, Target(life.hazard_id), [_beside(life)], NOTE)


_DEEDS: Mapping[Step, tuple[Who, Deed]] = {
    Step.REPORT: (_worker, _report(None)),
    Step.PUT_RIGHT_ON_SPOT: (_worker, _report(_RECTIFICATION)),
    Step.CLOSE: (_office, _verb(closing.close, note=NOTE)),
    Step.VOID: (_office, _verb(closing.void, reason=NOTE)),
    Step.REOPEN: (_office, _verb(closing.reopen, reason=NOTE)),
    Step.DISPATCH: (_office, _dispatch),
    Step.RETURN: (_lead, _verb(dispatching.send_back, reason=NOTE)),
    Step.ACCEPT: (_lead, _verb(dispatching.accept, note=NOTE)),
    Step.ASK_FOR_TIME: (_lead, _ask_for_time),
    Step.GIVE_TIME: (_office, _verb(dispatching.grant_extension, note=NOTE)),
    Step.REFUSE_TIME: (_office, _verb(dispatching.refuse_extension, note=NOTE)),
    Step.RECTIFY: (_lead, _verb(rectifying.submit, done=_RECTIFICATION)),
    Step.FIND_WANTING: (_office, _verb(rectifying.recheck, passed=False, note=NOTE)),
    Step.FIND_IN_ORDER: (_office, _verb(rectifying.recheck, passed=True, note=NOTE)),
    Step.ESCALATE: (_office, _verb(grading.escalate, note=NOTE)),
    Step.CONFIRM_MAJOR: (_lead, _verb(grading.confirm_major, note=NOTE)),
    Step.REFUTE_MAJOR: (_lead, _verb(grading.refute_major, note=NOTE)),
    Step.CALL: (_office, _call),
    Step.SIGN_IN: (_called, _verb(calling.answer, step=calling.SIGN_IN, note=NOTE)),
    Step.CONTACT: (_called, _verb(calling.answer, step=calling.CONTACT, note=NOTE)),
    Step.ATTEND: (_called, _verb(calling.answer, step=calling.ATTEND, note=NOTE)),
}

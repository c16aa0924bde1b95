"""What is in hand in the demo's district: hazards on their way through a department."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from random import Random
from typing import NamedTuple

from gridql import clock
from gridql.access.roles import Actor, Role
from gridql.domain.hazards.actions import dispatching, rectifying
from gridql.domain.hazards.actions.dispatching import Order
from gridql.domain.hazards.actions.gate import Target
from gridql.domain.hazards.actions.reporting import Rectification
from gridql.domain.hazards.evidence import Photo
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import HazardStatus
from gridql.handling import Handling

IN_HAND = 36
"""Hazards that the department was handed and that are not closed yet."""

ACCEPTED, WANTS_TIME, RECTIFIED, WANTING = 0.75, 0.25, 0.6, 0.35
"""How many of those that came so far go on: the next step, if there is one, is taken."""

MORE_DAYS = 7
"""That the department asks for."""

_DONE = Rectification(
    "隐患已消除，现场已清理",
    [Photo("https://photos.invalid/after.jpg", "0" * 64, caption="整改后")],
)


class Deed(NamedTuple):
    """Something that is done about a hazard at that moment."""

    at: datetime
    do: Callable[[], Awaitable[Hazard]]


async def take_in_hand(
    handling: Handling, actors: Mapping[Role, Actor], rng: Random, now: datetime
) -> None:
    """Hand the latest to the department among `actors`, which has come further with some."""
    department = actors[Role.DEPARTMENT]
    reported = Hazard.filter(status=HazardStatus.REPORTED, department=department.department)
    hazards = await reported.order_by("-reported_at", "-id").limit(IN_HAND)
    deeds = [deed for each in hazards for deed in _deeds(handling, actors, each, rng, now)]
    for deed in sorted(deeds, key=lambda each: each.at):
        with clock.using(clock.HeldClock(deed.at)):
            await deed.do()


def _deeds(
    handling: Handling,
    actors: Mapping[Role, Actor],
    hazard: Hazard,
    rng: Random,
    now: datetime,
) -> Iterator[Deed]:
    office, department = actors[Role.DISTRICT], actors[Role.DEPARTMENT]
    about = (handling, Target(hazard.id))
    span = now - hazard.reported_at
    moments = iter(sorted(hazard.reported_at + span * rng.random() ** 2 for _ in range(5)))
    order = Order(department.department or "")
    yield Deed(next(moments), lambda: dispatching.dispatch(office, *about, order))
    if rng.random() > ACCEPTED:
        return
    yield Deed(next(moments), lambda: dispatching.accept(department, *about, "已安排人员处理"))
    if rng.random() < WANTS_TIME:
        until = handling.calendar.days_after(max(now, hazard.due_at or now), MORE_DAYS)
        reason = "需要更换部件，正在采购"
        yield Deed(
            next(moments),
            lambda: dispatching.request_extension(department, *about, until, reason),
        )
        return
    if rng.random() > RECTIFIED:
        return
    yield Deed(next(moments), lambda: rectifying.submit(department, *about, _DONE))
    if rng.random() < WANTING:
        note = "复查时仍有杂物堆放"
        yield Deed(
            next(moments),
            lambda: rectifying.recheck(office, *about, passed=False, note=note),
        )

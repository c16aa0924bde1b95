"""What people do with a hazard, and what the clock does with it between times."""

from __future__ import annotations

from datetime import datetime

from gridql import clock
from gridql.domain.hazards import clockwork
from gridql.domain.hazards.actions import calling, closing, dispatching, reporting
from gridql.domain.hazards.actions.dispatching import Order
from gridql.domain.hazards.actions.gate import Target
from gridql.domain.hazards.actions.reporting import HazardDraft
from gridql.domain.hazards.models import Hazard, HazardPart
from gridql.domain.hazards.rules import HazardLevel, Severity, Urgency
from gridql.handling import Handling
from gridql.journal.models import Entry
from tests.integration.graph.people import DEPARTMENT, GRID_1, STREET, WORKER
from tests.integration.graph.world import World

RULES = Handling()
FIRE_RESCUE = "FIRE_RESCUE"


def china(text: str) -> datetime:
    """A moment of China's clocks in May 2026, such as "04 10:00"."""
    return datetime.fromisoformat(f"2026-05-{text}+08:00")


MONDAY, THURSDAY = china("04 10:00"), china("07 10:00")


def at(moment: datetime) -> clock.HeldClock:
    return clock.HeldClock(moment)


async def reported(due_at: datetime | None = THURSDAY) -> Target:
    """A hazard that the worker has reported on Monday."""
    draft = HazardDraft("楼道堆物", Severity.SERIOUS, "STORAGE", grid_code=GRID_1, due_at=due_at)
    with clock.using(at(MONDAY)):
        return Target((await reporting.report(WORKER, RULES, draft)).id)


async def dispatched() -> Target:
    """A hazard that the street has handed to the fire service at once."""
    target = await reported()
    with clock.using(at(MONDAY)):
        await dispatching.dispatch(STREET, RULES, target, Order(FIRE_RESCUE))
    return target


async def looked_at(target: Target, moment: datetime) -> list[str]:
    """What the clock does to a hazard at that moment."""
    last = await Entry.all().order_by("-id").first()
    with clock.using(at(moment)):
        await clockwork.look(target.hazard_id, RULES)
    since = Entry.filter(subject_id=target.hazard_id, id__gt=last.id if last else 0)
    return [entry.kind for entry in await since.order_by("id")]


async def row(target: Target) -> Hazard:
    return await Hazard.get(id=target.hazard_id)


async def test_a_granted_extension_puts_the_urgency_back(world: World) -> None:
    target = await dispatched()
    assert await looked_at(target, china("08 23:00")) == ["DUE_SOON", "OVERDUE", "ESCALATED"]

    with clock.using(at(china("11 10:00"))):
        until = china("14 10:00")
        await dispatching.request_extension(DEPARTMENT, RULES, target, until, "等待配件")
        assert (await row(target)).urgency is Urgency.OVERDUE
        await dispatching.grant_extension(STREET, RULES, target)

    hazard = await row(target)
    assert (hazard.urgency, hazard.level) == (Urgency.IN_TIME, HazardLevel.COMMUNITY)
    assert hazard.clock_at == china("12 19:36")
    assert await looked_at(target, china("14 10:00")) == ["DUE_SOON", "OVERDUE"]


async def test_one_that_is_sent_back_twice_goes_one_level_up(world: World) -> None:
    target = await reported()
    for minute in range(2):
        with clock.using(at(china(f"04 10:0{minute}"))):
            await dispatching.dispatch(STREET, RULES, target, Order(FIRE_RESCUE))
            await dispatching.send_back(DEPARTMENT, RULES, target, "不属本部门")
        levels = [HazardLevel.GRID, HazardLevel.COMMUNITY]
        assert (await row(target)).level is levels[minute]

    kinds = Entry.filter(subject_id=target.hazard_id, kind="ESCALATED")
    assert [entry.changes for entry in await kinds] == [{"level": "COMMUNITY"}]


async def test_the_clock_stops_when_it_is_closed_and_goes_on_when_it_is_opened_again(
    world: World,
) -> None:
    target = await reported()
    assert await looked_at(target, THURSDAY) == ["DUE_SOON", "OVERDUE"]
    with clock.using(at(china("07 12:00"))):
        await closing.close(STREET, RULES, target)
    closed = await row(target)
    assert (closed.urgency, closed.clock_at) == (Urgency.IN_TIME, None)
    assert await looked_at(target, china("25 10:00")) == []

    with clock.using(at(china("25 11:00"))):
        await closing.reopen(STREET, RULES, target, "又堆上了")

    assert await looked_at(target, china("25 11:00")) == ["DUE_SOON", "OVERDUE"]
    again = await row(target)
    assert (again.level, again.clock_at) == (HazardLevel.GRID, china("26 22:00"))


async def test_departments_that_are_called_have_to_answer_in_time(world: World) -> None:
    target = await reported(due_at=None)
    with clock.using(at(MONDAY)):
        await calling.call(STREET, RULES, target, [FIRE_RESCUE, "HOUSING"])
    with clock.using(at(china("04 10:20"))):
        await calling.answer(DEPARTMENT, RULES, target, calling.SIGN_IN)

    assert await looked_at(target, china("04 10:30")) == ["OVERDUE"]
    last = await Entry.filter(subject_id=target.hazard_id).order_by("-id").first()
    assert last is not None
    assert last.changes == {
        "departments": ["HOUSING"],
        "step": "SIGN_IN",
        "fellDueAt": "2026-05-04T02:30:00+00:00",
    }
    parts = await HazardPart.filter(hazard_id=target.hazard_id).order_by("department")
    assert [part.clock_at for part in parts] == [china("04 12:00"), china("04 12:00")]

"""Invented hazards that were reported by hand, and what became of hazards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from gridql.calendar import Calendar
from gridql.cli.demo.rounds import client_id, moment
from gridql.domain.hazards.actions.reporting import HazardDraft
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import Severity
from gridql.domain.hazards.settling import PastClosing, PastHazard


class Trouble(NamedTuple):
    """Something that grid workers come across outside of inspections."""

    title: str
    severity: Severity
    category: str
    days: int
    department: str


TROUBLES = (
    Trouble("楼道内堆放杂物，影响疏散", Severity.MINOR, "ESCAPE_ROUTE", 3, "FIRE_RESCUE"),
    Trouble("电动自行车在楼道内充电", Severity.SERIOUS, "EBIKE", 0, "FIRE_RESCUE"),
    Trouble("飞线充电", Severity.SERIOUS, "EBIKE", 3, "FIRE_RESCUE"),
    Trouble("消防车通道被车辆占用", Severity.SERIOUS, "FIRE_LANE", 0, "FIRE_RESCUE"),
    Trouble("消火栓缺少接口盖", Severity.MINOR, "FIRE_EQUIPMENT", 7, "FIRE_RESCUE"),
    Trouble("路面井盖松动", Severity.MINOR, "ROAD", 3, "HOUSING_URBAN_CONSTRUCTION"),
    Trouble("外墙瓷砖有脱落危险", Severity.SERIOUS, "BUILDING", 15, "HOUSING_URBAN_CONSTRUCTION"),
    Trouble(
        "自建房墙体开裂", Severity.SUSPECTED_MAJOR, "BUILDING", 7, "HOUSING_URBAN_CONSTRUCTION"
    ),
    Trouble("户外广告牌固定不牢", Severity.MINOR, "BUILDING", 7, "HOUSING_URBAN_CONSTRUCTION"),
    Trouble("燃气软管老化", Severity.SERIOUS, "GAS", 7, "HOUSING_URBAN_CONSTRUCTION"),
    Trouble("流动摊点使用不合格气瓶", Severity.SUSPECTED_MAJOR, "GAS", 1, "MARKET_SUPERVISION"),
    Trouble("销售过期食品", Severity.MINOR, "FOOD", 1, "MARKET_SUPERVISION"),
    Trouble("架空线缆下垂", Severity.MINOR, "ELECTRICAL", 7, "HOUSING_URBAN_CONSTRUCTION"),
    Trouble("水塘缺少护栏和警示牌", Severity.SERIOUS, "DROWNING", 15, "HOUSING_URBAN_CONSTRUCTION"),
)
_WEIGHTS = (14, 10, 8, 8, 5, 7, 4, 2, 5, 5, 1, 4, 6, 3)

DAYS_BACK = 150
"""Inspections and hazards reach back so far."""

_NOTES = ("已整改到位，现场复核", "负责人已清理，照片存档", "部门已处理完毕", "更换后复查合格")

CLOSED_OVERDUE, CLOSED_EARLY = 0.93, 0.45
"""How many are closed by now: of those past their date, and of those before it."""

LATE = 0.15
"""How many of those closed were closed after their date."""


def reported_by_hand(
    rng: Random,
    now: datetime,
    count: int,
    grids: Sequence[tuple[str, int]],
    calendar: Calendar,
) -> list[PastHazard]:
    """`count` hazards that the workers of `grids` (code and worker's id) came across."""
    found = []
    for _ in range(count):
        grid_code, worker_id = rng.choice(grids)
        [trouble] = rng.choices(TROUBLES, _WEIGHTS)
        at = moment(rng, now, DAYS_BACK, 1)
        draft = HazardDraft(
            title=trouble.title,
            severity=trouble.severity,
            category=trouble.category,
            grid_code=grid_code,
            department=trouble.department,
            due_at=calendar.days_after(at, trouble.days),
            client_id=client_id(rng),
            worker_id=worker_id,
        )
        found.append(PastHazard(draft, at))
    return found


def closings(rng: Random, now: datetime, hazards: Sequence[Hazard]) -> list[PastClosing]:
    """What became of hazards: most are closed in time, some late, and some are overdue."""
    found = []
    for hazard in hazards:
        due = hazard.due_at or hazard.reported_at
        if rng.random() > (CLOSED_OVERDUE if due < now else CLOSED_EARLY):
            continue
        span = max(due - hazard.reported_at, timedelta(hours=4))
        share = rng.uniform(1.1, 3) if rng.random() < LATE else rng.uniform(0.1, 1)
        closed_at = hazard.reported_at + span * share
        if closed_at < now:
            found.append(PastClosing(hazard.id, closed_at, rng.choice(_NOTES)))
    return found

"""Invented hazards, and what becomes of them: the same seed tells the same each time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from random import Random
from typing import NamedTuple

from gridql.domain.hazards.rules import Severity


class Trouble(NamedTuple):
    """Something that could be found."""

    zh: str
    en: str
    severity: Severity
    category: str
    days: int
    department: str

    @property
    def title(self) -> str:
        """What it is called: nobody is to take it for a real hazard."""
        return f"【演练】{self.zh} (drill: {self.en})"


TROUBLES = (
    Trouble(
        "楼道内堆放杂物", "things piled up in a stairwell", Severity.MINOR, "ESCAPE_ROUTE", 3,
        "FIRE_RESCUE",
    ),
    Trouble(
        "电动自行车在楼道内充电", "an e-bike charging in a stairwell", Severity.SERIOUS, "EBIKE", 1,
        "FIRE_RESCUE",
    ),
    Trouble(
        "灭火器压力不足", "an extinguisher without pressure", Severity.MINOR, "FIRE_EQUIPMENT", 7,
        "FIRE_RESCUE",
    ),
    Trouble(
        "外墙瓷砖有脱落危险", "tiles about to fall off a wall", Severity.SERIOUS, "BUILDING", 15,
        "HOUSING_URBAN_CONSTRUCTION",
    ),
    Trouble(
        "自建房墙体开裂", "cracks in the wall of a house", Severity.SUSPECTED_MAJOR, "BUILDING", 7,
        "HOUSING_URBAN_CONSTRUCTION",
    ),
    Trouble(
        "流动摊点使用不合格气瓶", "a stall with a gas bottle that is not approved",
        Severity.SUSPECTED_MAJOR, "GAS", 1, "MARKET_SUPERVISION",
    ),
    Trouble(
        "销售过期食品", "food sold past its date", Severity.MINOR, "FOOD", 1, "MARKET_SUPERVISION"
    ),
)  # fmt: skip


class Step(Enum):
    """Something that somebody does about a hazard."""

    REPORT = auto()
    CLOSE = auto()


STORIES = ((Step.REPORT, Step.CLOSE),)
"""What may become of a hazard, from its report to its end."""

AT_ONCE = 3
"""How many hazards are under way beside one another."""


@dataclass(eq=False)
class Life:
    """One invented hazard, and what is still to be done about it."""

    trouble: Trouble
    place: int
    """Which of the sandbox's places it is found at, counted from 0."""
    steps: deque[Step]
    hazard_id: int = 0
    """Known from its report on."""


def tell(count: int, places: int, rng: Random) -> Iterator[tuple[Life, Step]]:
    """What happens to `count` hazards at `places` places: whose turn it is, and what is done."""
    lives: list[Life] = []
    while count or lives:
        if count and len(lives) < AT_ONCE:
            count -= 1
            lives.append(
                Life(rng.choice(TROUBLES), rng.randrange(places), deque(rng.choice(STORIES)))
            )
        life = rng.choice(lives)
        yield life, life.steps.popleft()
        if not life.steps:
            lives.remove(life)

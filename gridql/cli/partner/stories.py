"""Invented hazards, and what becomes of them: the same seed tells the same each time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
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
    PUT_RIGHT_ON_SPOT = auto()
    """Reports it too."""
    CLOSE = auto()
    VOID = auto()
    REOPEN = auto()
    DISPATCH = auto()
    RETURN = auto()
    ACCEPT = auto()
    ASK_FOR_TIME = auto()
    GIVE_TIME = auto()
    REFUSE_TIME = auto()
    RECTIFY = auto()
    FIND_WANTING = auto()
    FIND_IN_ORDER = auto()
    ESCALATE = auto()
    CONFIRM_MAJOR = auto()
    REFUTE_MAJOR = auto()
    CALL = auto()
    SIGN_IN = auto()
    CONTACT = auto()
    ATTEND = auto()


_HANDED_OVER = (Step.REPORT, Step.DISPATCH, Step.ACCEPT)
_PUT_RIGHT = (Step.RECTIFY, Step.FIND_IN_ORDER)
_CALLED = (Step.CALL, Step.SIGN_IN, Step.CONTACT, Step.ATTEND)

ANY_HAZARD = (
    (*_HANDED_OVER, *_PUT_RIGHT),
    (*_HANDED_OVER, Step.RECTIFY, Step.FIND_WANTING, *_PUT_RIGHT),
    (*_HANDED_OVER, Step.ASK_FOR_TIME, Step.GIVE_TIME, *_PUT_RIGHT),
    (*_HANDED_OVER, Step.ASK_FOR_TIME, Step.REFUSE_TIME, *_PUT_RIGHT),
    (Step.REPORT, Step.DISPATCH, Step.RETURN, Step.DISPATCH, Step.ACCEPT, *_PUT_RIGHT),
    (*_HANDED_OVER, *_CALLED, *_PUT_RIGHT),
    (Step.REPORT, Step.VOID),
)
"""What may become of a hazard, from its report to its end."""

NOT_GRAVE = (
    (Step.PUT_RIGHT_ON_SPOT,),
    (Step.REPORT, Step.CLOSE),
    (Step.REPORT, Step.CLOSE, Step.REOPEN, Step.DISPATCH, Step.ACCEPT, *_PUT_RIGHT),
)
"""What may become of one that is not suspected to be major, besides."""

GRAVE = (
    (*_HANDED_OVER, Step.CONFIRM_MAJOR, Step.ESCALATE, *_PUT_RIGHT),
    (*_HANDED_OVER, Step.REFUTE_MAJOR, *_PUT_RIGHT),
)
"""What may become of one that is, besides."""

AT_ONCE = 3
"""How many hazards are under way beside one another."""


@dataclass(eq=False)
class Life:
    """One invented hazard, and what is still to be done about it."""

    trouble: Trouble
    place_id: int
    steps: deque[Step]
    hazard_id: int = 0
    """Known from its report on."""


def tell(count: int, places: Sequence[int], rng: Random) -> Iterator[tuple[Life, Step]]:
    """What happens to `count` hazards at places with these ids: whose turn it is, what is done."""
    lives: list[Life] = []
    while count or lives:
        if count and len(lives) < AT_ONCE:
            count -= 1
            trouble = rng.choice(TROUBLES)
            besides = GRAVE if trouble.severity is Severity.SUSPECTED_MAJOR else NOT_GRAVE
            steps = rng.choice(ANY_HAZARD + besides)
            lives.append(Life(trouble, rng.choice(places), deque(steps)))
        life = rng.choice(lives)
        yield life, life.steps.popleft()
        if not life.steps:
            lives.remove(life)

"""The ground of a made-up district: how large it is, its areas and grids, what rows are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

DISTRICT = "370199"
STREETS, COMMUNITIES, GRIDS = 20, 400, 1_300

BEGIN = datetime(2025, 7, 1, tzinfo=UTC)
SPAN_S = 365 * 24 * 3600
SINCE = BEGIN + timedelta(days=275)
"""What the dashboard counts from: the last quarter of the year that the rows are spread over."""

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙"
_GIVEN = ("秀英", "建国", "桂兰", "志强", "海燕", "文博", "雨桐", "子涵", "玉梅", "俊杰")

Row = tuple[object, ...]


@dataclass(frozen=True)
class Sizes:
    """How many rows there are below the grids; areas and grids are as many in any district."""

    households: int
    residents: int
    visits: int
    places: int
    hazards: int


def sizes(scale: float) -> Sizes:
    """A district of the usual size, or so many times as many rows in the same grids."""
    usual = Sizes(
        households=60_000, residents=150_000, visits=200_000, places=20_000, hazards=40_000
    )
    return Sizes(**{name: max(GRIDS, round(n * scale)) for name, n in vars(usual).items()})


@dataclass(frozen=True)
class Table:
    """The rows of one table, made while they are taken; in an order that no reference minds."""

    name: str
    columns: tuple[str, ...]
    size: int
    rows: Callable[[], Iterator[Row]]


class Ground:
    """The areas and grids, by code; what has a number lies where `home` says."""

    def __init__(self) -> None:
        self.streets = [f"{DISTRICT}{n:03}" for n in range(1, STREETS + 1)]
        each = COMMUNITIES // STREETS
        self.communities = [f"{s}{n:03}" for s in self.streets for n in range(1, each + 1)]
        self.grids = [self._grid(n) for n in range(GRIDS)]

    def home(self, number: int, among: int) -> str:
        """The grid that number so-and-so among so many lies in: neighbours have near numbers."""
        return self.grids[(number - 1) * GRIDS // among]

    def _grid(self, number: int) -> str:
        # Three or four to a community.
        community = number * COMMUNITIES // GRIDS
        first = -(-community * GRIDS // COMMUNITIES)
        return f"{self.communities[community]}{number - first + 1:03}"

    def tables(self) -> list[Table]:
        """The tables that are as large in any district."""
        areas = 1 + STREETS + COMMUNITIES
        worker = ("id", "name", "kind", "duty", "active", "grid_code")
        return [
            Table("area", ("code", "name", "level", "parent_code"), areas, self._area_rows),
            Table("grid", ("code", "name", "kind", "community_code"), GRIDS, self._grid_rows),
            Table("grid_worker", worker, GRIDS, self._worker_rows),
        ]

    def _area_rows(self) -> Iterator[Row]:
        yield DISTRICT, "示范区", "DISTRICT", None
        for number, code in enumerate(self.streets, 1):
            yield code, f"第{number}街道", "STREET", DISTRICT
        for number, code in enumerate(self.communities, 1):
            yield code, f"第{number}社区", "COMMUNITY", code[:9]

    def _grid_rows(self) -> Iterator[Row]:
        for number, code in enumerate(self.grids, 1):
            yield code, f"第{number}网格", "BASIC", code[:12]

    def _worker_rows(self) -> Iterator[Row]:
        rng = Random(1)
        for number, code in enumerate(self.grids, 1):
            yield number, name(rng), "FULL_TIME", "LEADER", True, code


def name(rng: Random) -> str:
    """Somebody's name."""
    return pick(rng, _SURNAMES) + pick(rng, _GIVEN)


def pick(rng: Random, among: tuple[str, ...] | str) -> str:
    """One of them."""
    # `choice` draws bits until they fit, which takes several times as long.
    return among[int(rng.random() * len(among))]


def moment(second: int) -> datetime:
    """Whole seconds, whose texts are the same in every language; none after the end."""
    return BEGIN + timedelta(seconds=min(second, SPAN_S))

"""A district of any size, made up row by row and the same every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from gridql.domain.hazards.rules import HazardEventKind, HazardStatus, Severity
from gridql.domain.visits.rules import VisitKind, VisitOutcome, was_met
from gridql.journal.chain import SEALED, START, seal

DISTRICT = "370199"
STREETS, COMMUNITIES, GRIDS = 20, 400, 1_300

BEGIN = datetime(2025, 7, 1, tzinfo=UTC)
SPAN_S = 365 * 24 * 3600
SINCE = BEGIN + timedelta(days=275)
"""What the dashboard counts from: the last quarter of the year that the rows are spread over."""

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙"
_GIVEN = ("秀英", "建国", "桂兰", "志强", "海燕", "文博", "雨桐", "子涵", "玉梅", "俊杰")
_SHOPS = ("便民超市", "五金店", "餐馆", "理发店", "药房", "服装店", "网吧", "旅馆", "加工厂")
_TITLES = ("疏散通道被堵塞", "灭火器已过期", "电线私拉乱接", "货物堆放过高", "应急灯损坏")
_CATEGORIES = ("ESCAPE_ROUTE", "EXTINGUISHER", "ELECTRICITY", "STORAGE", "LIGHTING")

_R, _D, _F, _C, _X = (
    HazardStatus.REPORTED,
    HazardStatus.DISPATCHED,
    HazardStatus.RECTIFYING,
    HazardStatus.RECHECKING,
    HazardStatus.CLOSED,
)
LIVES = (
    *[(_R,)] * 5,
    *[(_R, _D)] * 3,
    *[(_R, _D, _F)] * 4,
    *[(_R, _D, _F, _C)],
    *[(_R, _D, _F, _C, _X)] * 3,
    *[(_R, _X)] * 4,
)
"""What becomes of twenty hazards, in fifty events."""

Row = tuple[object, ...]


@dataclass(frozen=True)
class Sizes:
    """How many rows there are below the grids; areas and grids are as many in any district."""

    households: int
    residents: int
    visits: int
    places: int
    hazards: int

    @property
    def events(self) -> int:
        """So many for each hazard, on the average, as `LIVES` says."""
        full, rest = divmod(self.hazards, len(LIVES))
        return full * sum(map(len, LIVES)) + sum(map(len, LIVES[:rest]))


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


class District:
    """Makes the rows of every table up; what has a number is numbered from 1, oldest first."""

    def __init__(self, of: Sizes) -> None:
        self._of = of
        self.streets = [f"{DISTRICT}{n:03}" for n in range(1, STREETS + 1)]
        each = COMMUNITIES // STREETS
        self._communities = [f"{s}{n:03}" for s in self.streets for n in range(1, each + 1)]
        self.grids = [self._grid(n) for n in range(GRIDS)]

    def tables(self) -> list[Table]:
        """Every table, parents first."""
        of = self._of
        areas = 1 + STREETS + COMMUNITIES
        return [
            Table("area", ("code", "name", "level", "parent_code"), areas, self._area_rows),
            Table("grid", ("code", "name", "kind", "community_code"), GRIDS, self._grid_rows),
            Table("grid_worker", _WORKER, GRIDS, self._worker_rows),
            Table("household", _HOUSEHOLD, of.households, self._household_rows),
            Table("resident", _RESIDENT, of.residents, self._resident_rows),
            Table("place", _PLACE, of.places, self._place_rows),
            Table("visit", _VISIT, of.visits, self._visit_rows),
            Table("hazard", _HAZARD, of.hazards, self._hazard_rows),
            Table("entry", _ENTRY, of.events, self._entry_rows),
        ]

    def _grid(self, number: int) -> str:
        # Three or four to a community.
        community = number * COMMUNITIES // GRIDS
        first = -(-community * GRIDS // COMMUNITIES)
        return f"{self._communities[community]}{number - first + 1:03}"

    def _home(self, number: int, among: int) -> str:
        """The grid that number so-and-so among so many lies in: neighbours have near numbers."""
        return self.grids[(number - 1) * GRIDS // among]

    def _area_rows(self) -> Iterator[Row]:
        yield DISTRICT, "示范区", "DISTRICT", None
        for number, code in enumerate(self.streets, 1):
            yield code, f"第{number}街道", "STREET", DISTRICT
        for number, code in enumerate(self._communities, 1):
            yield code, f"第{number}社区", "COMMUNITY", code[:9]

    def _grid_rows(self) -> Iterator[Row]:
        for number, code in enumerate(self.grids, 1):
            yield code, f"第{number}网格", "BASIC", code[:12]

    def _worker_rows(self) -> Iterator[Row]:
        rng = Random(1)
        for number, code in enumerate(self.grids, 1):
            yield number, _name(rng), "FULL_TIME", "LEADER", True, code

    def _household_rows(self) -> Iterator[Row]:
        visited: dict[int, datetime] = {}
        attempted: dict[int, datetime] = {}
        for number, met, at in self._calls():
            attempted[number] = at
            if met:
                visited[number] = at
        for number in range(1, self._of.households + 1):
            yield (
                number,
                f"{number % 60 + 1}号楼{number % 4 + 1}单元{number % 18 + 1}01",
                _vacant(number),
                visited.get(number),
                attempted.get(number),
                self._home(number, self._of.households),
            )

    def _resident_rows(self) -> Iterator[Row]:
        rng = Random(2)
        of = self._of
        for number in range(1, of.residents + 1):
            household = (number - 1) * of.households // of.residents + 1
            yield (
                number,
                _name(rng),
                1930 + number % 90,
                "FEMALE" if number % 2 else "MALE",
                '["LIVING_ALONE"]' if number % 20 == 0 else "[]",
                str(UUID(int=number)),
                f"138****{number % 10_000:04}",
                self._home(household, of.households),
                household,
            )

    def _place_rows(self) -> Iterator[Row]:
        rng = Random(3)
        for number in range(1, self._of.places + 1):
            yield (
                number,
                f"{_name(rng)}{_pick(rng, _SHOPS)}",
                "nine-small-places-2018",
                f"N0{number % 9 + 1}",
                f"{number % 200 + 1}号",
                self._home(number, self._of.places),
            )

    def _visit_rows(self) -> Iterator[Row]:
        homes, places = self._of.households, self._of.places
        for number, household, place, outcome, at in self._visits():
            yield (
                number,
                str(UUID(int=number << 64)),
                (VisitKind.HOUSEHOLD if household else VisitKind.PATROL).value,
                outcome,
                at,
                self._home(household, homes) if household else self._home(place, places),
                household or None,
                place or None,
                (household or place) % GRIDS + 1,
            )

    def _calls(self) -> Iterator[tuple[int, bool, datetime]]:
        """Every call at a home: which, whether somebody was met, when."""
        for _, household, _, outcome, at in self._visits():
            if household:
                yield household, was_met(VisitOutcome(outcome)), at

    def _visits(self) -> Iterator[tuple[int, int, int, str, datetime]]:
        """Every visit: its number, the home or else (0) the place, the outcome, when."""
        rng = Random(4)
        of = self._of
        for number in range(1, of.visits + 1):
            at = _moment(number * SPAN_S // of.visits)
            if rng.random() < 0.1:
                yield number, 0, 1 + int(rng.random() * of.places), "MET", at
                continue
            household = 1 + int(rng.random() * of.households)
            outcome = "VACANT" if _vacant(household) else _pick(rng, _OUTCOMES)
            yield number, household, 0, outcome, at

    def _hazard_rows(self) -> Iterator[Row]:
        rng = Random(5)
        of = self._of
        workers = {code: number for number, code in enumerate(self.grids, 1)}
        for number in range(1, of.hazards + 1):
            place = int(rng.random() * of.places) + 1 if rng.random() < 0.9 else None
            grid = self._hazard_grid(number, place)
            what = int(rng.random() * len(_TITLES))
            life = LIVES[number % len(LIVES)]
            yield (
                number,
                str(UUID(int=number << 64)),
                _TITLES[what],
                f"现场检查发现：{_TITLES[what]}，已口头告知负责人。",
                _pick(rng, _SEVERITIES),
                life[-1].value,
                _CATEGORIES[what],
                "FIRE_RESCUE",
                place,
                workers[grid],
                self._happened(number, 0),
                self._happened(number, 0) + timedelta(days=7),
                self._happened(number, len(life) - 1) if life[-1] is _X else None,
                len(life),
                grid,
            )

    def _hazard_grid(self, number: int, place: int | None) -> str:
        if place is not None:
            return self._home(place, self._of.places)
        return self.grids[number * 7 % GRIDS]

    def _happened(self, hazard: int, step: int) -> datetime:
        """When a hazard took its step: those of one are days apart, as those of all overlap."""
        return _moment(hazard * SPAN_S // self._of.hazards + step * (86_400 + hazard % 20_000))

    def _entry_rows(self) -> Iterator[Row]:
        grids = {row[0]: row[-1] for row in self._hazard_rows()}
        steps = sorted(
            (self._happened(hazard, step), hazard, step)
            for hazard in grids
            if isinstance(hazard, int)
            for step in range(len(LIVES[hazard % len(LIVES)]))
        )
        last = START
        for number, (at, hazard, step) in enumerate(steps, 1):
            life = LIVES[hazard % len(LIVES)]
            row: dict[str, object] = dict.fromkeys(SEALED) | {
                "id": number,
                "position": number,
                "occurred_at": at,
                "actor_role": "GRID_WORKER",
                "subject_type": "Hazard",
                "subject_id": hazard,
                "grid_code": grids[hazard],
                "kind": _EVENTS.get(life[step], HazardEventKind.REPORTED).value,
                "from_state": life[step - 1].value if step else None,
                "to_state": life[step].value,
                "revision": step + 1,
            }
            last = seal(last, row)
            yield *(row[column] for column in SEALED), last


_WORKER = ("id", "name", "kind", "duty", "active", "grid_code")
_HOUSEHOLD = ("id", "address", "vacant", "last_visited_at", "last_attempted_at", "grid_code")
_RESIDENT = (
    *("id", "name", "birth_year", "gender", "care_groups", "seal_id", "phone_masked"),
    *("grid_code", "household_id"),
)
_PLACE = ("id", "name", "scheme", "category", "address", "grid_code")
_VISIT = (
    *("id", "client_id", "kind", "outcome", "visited_at"),
    *("grid_code", "household_id", "place_id", "worker_id"),
)
_HAZARD = (
    *("id", "client_id", "title", "description", "severity", "status", "category", "department"),
    *("place_id", "reported_by_id", "reported_at", "due_at", "closed_at", "revision", "grid_code"),
)
_ENTRY = (*SEALED, "hash")

_OUTCOMES = ("MET",) * 14 + ("PROXY_MET",) + ("NO_ANSWER",) * 4 + ("REFUSED",)
_SEVERITIES = (
    *(Severity.MINOR.value,) * 30,
    *(Severity.SERIOUS.value,) * 15,
    *(Severity.SUSPECTED_MAJOR.value,) * 4,
    Severity.MAJOR.value,
)
_EVENTS = {HazardStatus(kind): kind for kind in HazardEventKind if kind in list(HazardStatus)}
"""What it is called that a hazard takes a status, where the journal has a word of its own."""


def _vacant(household: int) -> bool:
    return household % 17 == 0


def _name(rng: Random) -> str:
    return _pick(rng, _SURNAMES) + _pick(rng, _GIVEN)


def _pick(rng: Random, among: tuple[str, ...] | str) -> str:
    # `choice` draws bits until they fit, which takes several times as long.
    return among[int(rng.random() * len(among))]


def _moment(second: int) -> datetime:
    """Whole seconds, whose texts are the same in every language; none after the end."""
    return BEGIN + timedelta(seconds=min(second, SPAN_S))

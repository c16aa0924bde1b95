"""Invented households: addresses, and the people who live there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from gridql.cli.demo.district import DemoGrid
from gridql.cli.demo.persons import People
from gridql.domain.areas.rules import GridKind
from gridql.domain.people.rules import CareGroup, Gender
from gridql.domain.people.settling import HouseholdDraft, ResidentDraft

FEWEST, MOST = 16, 26
"""Households in a grid: a sample of the 300 to 500 that a real one has."""

VACANT = 0.03
VISITED_BEFORE = 0.3
"""How many were last met before the three months that the visits of the demo reach back."""

_SIZES = (1, 2, 3, 4, 5)
_SIZE_WEIGHTS = (25, 35, 25, 12, 3)

FLATS_IN_A_BUILDING = 12


class Homes:
    """Makes households up, grid by grid."""

    def __init__(self, rng: Random, people: People, now: datetime) -> None:
        self._rng = rng
        self._people = people
        self._now = now
        self._today = now.date()

    def of(self, grid: DemoGrid) -> Iterator[HouseholdDraft]:
        """The households of a grid; an institution has none."""
        if grid.kind is GridKind.DEDICATED:
            return
        for n in range(self._rng.randint(FEWEST, MOST)):
            if self._rng.random() < VACANT:
                yield HouseholdDraft(grid.code, _address(grid, n), vacant=True)
                continue
            last = None
            if self._rng.random() < VISITED_BEFORE:
                last = self._now - timedelta(days=self._rng.randint(100, 400))
            yield HouseholdDraft(
                grid.code, _address(grid, n), False, last, tuple(self._residents(grid))
            )

    def _residents(self, grid: DemoGrid) -> Iterator[ResidentDraft]:
        rng = self._rng
        [size] = rng.choices(_SIZES, _SIZE_WEIGHTS)
        eldest = rng.randint(24, 92)
        first = rng.choice((Gender.MALE, Gender.FEMALE))
        second = Gender.FEMALE if first is Gender.MALE else Gender.MALE
        surname = self._people.surname()
        yield self._resident(eldest, first, surname, grid, alone=size == 1)
        if size > 1:
            yield self._resident(max(20, eldest - rng.randint(-3, 5)), second, None, grid)
        for _ in range(size - 2):
            age = max(0, eldest - rng.randint(22, 38))
            gender = rng.choice((Gender.MALE, Gender.FEMALE))
            yield self._resident(age, gender, surname, grid)

    def _resident(
        self,
        age: int,
        gender: Gender,
        surname: str | None,
        grid: DemoGrid,
        *,
        alone: bool = False,
    ) -> ResidentDraft:
        rng, people = self._rng, self._people
        born = self._today - timedelta(days=age * 365 + rng.randrange(365))
        return ResidentDraft(
            name=people.name(gender, surname),
            birth_year=born.year,
            gender=gender,
            care_groups=tuple(self._care_groups(age, alone, grid.community.urban)),
            phone=people.phone() if age >= 12 and rng.random() < 0.95 else None,
            id_number=people.id_number(born, gender) if rng.random() < 0.98 else None,
        )

    def _care_groups(self, age: int, alone: bool, urban: bool) -> Iterator[CareGroup]:
        rng = self._rng
        if alone and age >= 65:
            yield CareGroup.LIVING_ALONE
        if age >= 80:
            yield CareGroup.ELDERLY_80_PLUS
        if rng.random() < 0.02:
            yield CareGroup.DISABLED
        if 1 <= age <= 14 and not urban and rng.random() < 0.1:
            yield CareGroup.LEFT_BEHIND_CHILD
        if rng.random() < 0.015:
            yield CareGroup.LOW_INCOME
        if age >= 50 and rng.random() < 0.05:
            yield CareGroup.CHRONICALLY_ILL


def _address(grid: DemoGrid, n: int) -> str:
    """The n-th address of a grid, unlike all others in it."""
    if not grid.community.urban:
        return f"{grid.community.short}{2 * grid.number + n // 10}排{n % 10 + 1}号"
    building = 3 * grid.number - 2 + n // FLATS_IN_A_BUILDING
    unit, flat = divmod(n % FLATS_IN_A_BUILDING, 6)
    return f"{grid.community.short}{building}号楼{unit + 1}单元{flat // 2 + 1}0{flat % 2 + 1}室"

"""Homes, those who live in them, places, and the visits to both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from random import Random
from uuid import UUID

from gridql.domain.visits.rules import VisitKind, VisitOutcome, was_met
from tests.benchmarks.ground import GRIDS, SPAN_S, Ground, Row, Sizes, Table, moment, name, pick

_SHOPS = ("便民超市", "五金店", "餐馆", "理发店", "药房", "服装店", "网吧", "旅馆", "加工厂")
_OUTCOMES = ("MET",) * 14 + ("PROXY_MET",) + ("NO_ANSWER",) * 4 + ("REFUSED",)

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


class Homes:
    """Makes the rows up; what has a number is numbered from 1, visits in the order of time."""

    def __init__(self, of: Sizes, ground: Ground) -> None:
        self._of = of
        self._ground = ground

    def tables(self) -> list[Table]:
        """Parents first."""
        of = self._of
        return [
            Table("household", _HOUSEHOLD, of.households, self._household_rows),
            Table("resident", _RESIDENT, of.residents, self._resident_rows),
            Table("place", _PLACE, of.places, self._place_rows),
            Table("visit", _VISIT, of.visits, self._visit_rows),
        ]

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
                self._ground.home(number, self._of.households),
            )

    def _resident_rows(self) -> Iterator[Row]:
        rng = Random(2)
        of = self._of
        for number in range(1, of.residents + 1):
            household = (number - 1) * of.households // of.residents + 1
            yield (
                number,
                name(rng),
                1930 + number % 90,
                "FEMALE" if number % 2 else "MALE",
                '["LIVING_ALONE"]' if number % 20 == 0 else "[]",
                str(UUID(int=number)),
                f"138****{number % 10_000:04}",
                self._ground.home(household, of.households),
                household,
            )

    def _place_rows(self) -> Iterator[Row]:
        rng = Random(3)
        for number in range(1, self._of.places + 1):
            yield (
                number,
                f"{name(rng)}{pick(rng, _SHOPS)}",
                "nine-small-places-2018",
                f"N0{number % 9 + 1}",
                f"{number % 200 + 1}号",
                self._ground.home(number, self._of.places),
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
                self._ground.home(household, homes)
                if household
                else self._ground.home(place, places),
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
            at = moment(number * SPAN_S // of.visits)
            if rng.random() < 0.1:
                yield number, 0, 1 + int(rng.random() * of.places), "MET", at
                continue
            household = 1 + int(rng.random() * of.households)
            outcome = "VACANT" if _vacant(household) else pick(rng, _OUTCOMES)
            yield number, household, 0, outcome, at


def _vacant(household: int) -> bool:
    return household % 17 == 0

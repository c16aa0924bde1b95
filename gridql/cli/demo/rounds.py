"""Invented visits of the last three months: at homes, to people in care, and patrols."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta, timezone
from random import Random
from uuid import UUID

from gridql.domain.people.settling import HouseholdDraft
from gridql.domain.visits.actions import VisitDraft
from gridql.domain.visits.rules import VisitKind, VisitOutcome
from gridql.domain.visits.settling import PastVisit

MONTHS_BACK_DAYS = 89

COVERED = 0.775
"""How many of the homes in use somebody was met at: three quarters of all, with the vacant ones."""

_CHINA = timezone(timedelta(hours=8))

_MET = (VisitOutcome.MET, VisitOutcome.PROXY_MET)
_MET_WEIGHTS = (94, 6)
_MISSED = (
    VisitOutcome.NO_ANSWER,
    VisitOutcome.REFUSED,
    VisitOutcome.PHONE_ONLY,
    VisitOutcome.MOVED_AWAY,
)
_MISSED_WEIGHTS = (60, 12, 22, 6)
_NOTES = ("家中老人身体状况良好", "已提醒用气用电安全", "已登记联系方式变更", "已宣传防诈骗知识")


def moment(rng: Random, now: datetime, from_days: int, to_days: int) -> datetime:
    """A moment in working hours, so many days ago: between `from_days` and `to_days`, from 1."""
    day = now.astimezone(_CHINA).date() - timedelta(days=rng.randint(to_days, from_days))
    at = time(rng.randint(8, 18), rng.randrange(60), rng.randrange(60), tzinfo=_CHINA)
    return datetime.combine(day, at).astimezone(UTC)


def client_id(rng: Random) -> UUID:
    """An id such as a device makes up."""
    return UUID(int=rng.getrandbits(128), version=4)


class Rounds:
    """Makes visits up, grid by grid."""

    def __init__(self, rng: Random, now: datetime) -> None:
        self._rng = rng
        self._now = now

    def of(
        self,
        worker_id: int,
        homes: Sequence[tuple[int, HouseholdDraft]],
        places: Sequence[int],
        grid_code: str,
    ) -> Iterator[PastVisit]:
        """The visits that a worker made in their grid: to homes and places, by id."""
        for number, home in homes:
            for draft in self._at_home(number, home):
                yield PastVisit(draft, worker_id)
        for number in places:
            if self._rng.random() < 0.3:
                yield PastVisit(self._draft(VisitKind.PATROL, VisitOutcome.MET, place=number))
        patrol = self._draft(VisitKind.PATROL, VisitOutcome.MET, grid=grid_code)
        yield PastVisit(patrol, worker_id)

    def _at_home(self, number: int, home: HouseholdDraft) -> Iterator[VisitDraft]:
        rng = self._rng
        if home.vacant:
            if rng.random() < 0.3:
                yield self._draft(VisitKind.HOUSEHOLD, VisitOutcome.VACANT, home=number)
            return
        cared_for = any(resident.care_groups for resident in home.residents)
        covered = rng.random() < COVERED
        if covered:
            [outcome] = rng.choices(_MET, _MET_WEIGHTS)
            yield self._draft(VisitKind.HOUSEHOLD, outcome, home=number)
        if cared_for and covered and rng.random() < 0.5:
            yield self._draft(VisitKind.CARE, VisitOutcome.MET, home=number)
        if not covered and rng.random() < 0.4:
            [outcome] = rng.choices(_MISSED, _MISSED_WEIGHTS)
            yield self._draft(VisitKind.HOUSEHOLD, outcome, home=number)

    def _draft(
        self,
        kind: VisitKind,
        outcome: VisitOutcome,
        *,
        home: int | None = None,
        place: int | None = None,
        grid: str | None = None,
    ) -> VisitDraft:
        rng = self._rng
        return VisitDraft(
            client_id=client_id(rng),
            kind=kind,
            outcome=outcome,
            household_id=home,
            place_id=place,
            grid_code=grid,
            visited_at=moment(rng, self._now, MONTHS_BACK_DAYS, 1),
            note=rng.choice(_NOTES) if home and rng.random() < 0.1 else None,
        )

"""Hazards, and what happened to them as the journal has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from gridql.domain.hazards.rules import HazardEventKind, HazardStatus, Severity
from gridql.journal.chain import SEALED, START, seal
from tests.benchmarks.ground import GRIDS, SPAN_S, Ground, Row, Sizes, Table, moment, pick

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

_HAZARD = (
    *("id", "client_id", "title", "description", "severity", "status", "category", "department"),
    *("place_id", "reported_by_id", "reported_at", "due_at", "closed_at", "revision", "grid_code"),
)
_ENTRY = (*SEALED, "hash")

_SEVERITIES = (
    *(Severity.MINOR.value,) * 30,
    *(Severity.SERIOUS.value,) * 15,
    *(Severity.SUSPECTED_MAJOR.value,) * 4,
    Severity.MAJOR.value,
)
_EVENTS = {kind.value: kind for kind in HazardEventKind}
"""What it is called that a hazard takes a status, where the journal has a word of its own."""


class Hazards:
    """Makes the rows up; hazards and events are numbered from 1, in the order of time."""

    def __init__(self, of: Sizes, ground: Ground) -> None:
        self._of = of
        self._ground = ground

    def tables(self) -> list[Table]:
        """Parents first."""
        full, rest = divmod(self._of.hazards, len(LIVES))
        # The numbers begin with 1, and so does the rest of the last round.
        events = full * sum(map(len, LIVES)) + sum(map(len, LIVES[1 : rest + 1]))
        return [
            Table("hazard", _HAZARD, self._of.hazards, self._hazard_rows),
            Table("entry", _ENTRY, events, self._entry_rows),
        ]

    def _hazard_rows(self) -> Iterator[Row]:
        rng = Random(5)
        of = self._of
        workers = {code: number for number, code in enumerate(self._ground.grids, 1)}
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
                pick(rng, _SEVERITIES),
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
            return self._ground.home(place, self._of.places)
        return self._ground.grids[number * 7 % GRIDS]

    def _happened(self, hazard: int, step: int) -> datetime:
        """When a hazard took its step: those of one are days apart, as those of all overlap."""
        return moment(hazard * SPAN_S // self._of.hazards + step * (86_400 + hazard % 20_000))

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
                "kind": _EVENTS.get(life[step].value, HazardEventKind.REPORTED).value,
                "from_state": life[step - 1].value if step else None,
                "to_state": life[step].value,
                "revision": step + 1,
            }
            last = seal(last, row)
            yield *(row[column] for column in SEALED), last

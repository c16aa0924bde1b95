"""How a place handles its hazards, as data: working days, warnings, escalation, calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gridql.calendar import Calendar
from gridql.errors import SetupError
from gridql.readers import Reader, number, proposal, read_toml, whole

WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


@dataclass(frozen=True, slots=True)
class Warnings:
    """When a hazard is due soon, whichever of the first two comes first, and overdue."""

    due_soon_share: float = 0.2
    """So much of the time that was given is left,"""
    due_soon_hours: float = 4
    """or so many hours of working time."""
    on_the_spot_minutes: int = 60
    """It is overdue no sooner than so long after it was reported."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """When a hazard goes one level up by itself."""

    over: float = 0.5
    """Each time that it is over its due date by so much more of the time that was given,"""
    at_least_hours: float = 24
    """which counts as so many hours of working time where it was shorter;"""
    returns: int = 2
    """and each time that it was sent back so often."""


@dataclass(frozen=True, slots=True)
class Calls:
    """How long a department has when departments are called together, by day and by night."""

    sign_in_minutes: int = 30
    contact_minutes: int = 120
    attend_minutes: int = 1440


@dataclass(frozen=True, slots=True)
class Handling:
    """All of it; the defaults hold where an operator has named no file."""

    calendar: Calendar = field(default_factory=Calendar)
    clock: Warnings = Warnings()
    escalation: Escalation = Escalation()
    calls: Calls = Calls()


def read(path: Path | None) -> Handling:
    """The rules in the file at `path`; without one, the defaults.

    What the file does not name stays as it is by default. Raises SetupError naming every fault.
    """
    if path is None:
        return Handling()
    faults: list[str] = []
    document = read_toml(path, faults)
    sections = {}
    for name, values in document.items():
        if name not in _SECTIONS:
            faults.append(f"{name}: there is no such section{proposal(name, _SECTIONS)}")
        elif not isinstance(values, Mapping):
            faults.append(f"{name}: has to be a section, [{name}]")
        else:
            sections[name] = _read(name, values, path.parent, faults)
    faults += _calendar_faults(sections.get("calendar", {}))
    if faults:
        head = f"the rules for handling hazards in {path} are wrong:"
        raise SetupError("\n  ".join([head, *faults]))
    return Handling(**{name: _MADE[name](**values) for name, values in sections.items()})


def _read(section: str, given: Mapping[str, Any], base: Path, faults: list[str]) -> dict[str, Any]:
    readers = _SECTIONS[section]
    values = {}
    for name, value in given.items():
        if name not in readers:
            faults.append(f"{section}.{name}: there is no such rule{proposal(name, readers)}")
            continue
        try:
            values[name] = readers[name].read(value, base)
        except ValueError as error:
            faults.append(f"{section}.{name}: {error}")
    return values


def _calendar_faults(values: Mapping[str, Any]) -> list[str]:
    """What does not fit together in a calendar whose values fit one by one."""
    calendar = Calendar(**values)
    both = sorted(calendar.holidays & calendar.workdays)
    worked = sorted(day for day in calendar.workdays if day.weekday() not in calendar.weekend)
    return [
        *(f"calendar.workdays: {day} is one of the holidays, too" for day in both),
        *(
            f"calendar.workdays: {day} is a {WEEKDAYS[day.weekday()].title()}, worked anyway"
            for day in worked
            if day not in both
        ),
    ]


def _time_zone(value: Any, base: Path) -> ZoneInfo:
    try:
        if isinstance(value, str):
            return ZoneInfo(value)
    except (ValueError, OSError, LookupError):
        pass
    raise ValueError('has to be the name of a time zone, such as "Asia/Shanghai"')


def _weekend(value: Any, base: Path) -> frozenset[int]:
    if not isinstance(value, list) or not all(each in WEEKDAYS for each in value):
        raise ValueError(f"has to be a list of days: {', '.join(WEEKDAYS)}")
    if len(set(value)) == len(WEEKDAYS):
        raise ValueError("leaves no day to work on")
    return frozenset(WEEKDAYS.index(each) for each in value)


def _dates(value: Any, base: Path) -> frozenset[date]:
    if not isinstance(value, list):
        raise ValueError("has to be a list of dates")
    for each in value:
        if not isinstance(each, date) or isinstance(each, datetime):
            raise ValueError(f"{each} has to be a date such as 2026-10-01, without quotes")
    twice = sorted({str(each) for each in value if value.count(each) > 1})
    if twice:
        raise ValueError(f"has {', '.join(twice)} twice")
    return frozenset(value)


_DATES = Reader("dates", _dates)

_SECTIONS: Mapping[str, Mapping[str, Reader]] = {
    "calendar": {
        "time_zone": Reader("time zone", _time_zone),
        "weekend": Reader("days of the week", _weekend),
        "holidays": _DATES,
        "workdays": _DATES,
    },
    "clock": {
        "due_soon_share": number(0, 1),
        "due_soon_hours": number(0, 10_000),
        "on_the_spot_minutes": whole(0, 100_000),
    },
    "escalation": {
        "over": number(0.01, 1000),
        "at_least_hours": number(1, 10_000),
        "returns": whole(1, 1000),
    },
    "calls": {
        "sign_in_minutes": whole(1, 100_000),
        "contact_minutes": whole(1, 100_000),
        "attend_minutes": whole(1, 100_000),
    },
}

_MADE: Mapping[str, Callable[..., Any]] = {
    "calendar": Calendar,
    "clock": Warnings,
    "escalation": Escalation,
    "calls": Calls,
}

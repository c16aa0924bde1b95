"""Working days: which there are, when so many are over, how much of them lies between moments."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

SATURDAY, SUNDAY = 5, 6
"""As `date.weekday` counts."""

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """The working days of one place, as its authorities announce them.

    Not to be made without a working day in an ordinary week. What lies after the year 9999 raises
    OverflowError.
    """

    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    """Where a day begins and ends."""
    weekend: frozenset[int] = frozenset({SATURDAY, SUNDAY})
    """The days of the week that are off, Monday being 0."""
    holidays: frozenset[date] = frozenset()
    """Days that are off though they are no weekend."""
    workdays: frozenset[date] = frozenset()
    """Days that are worked though they are a weekend (调休上班日)."""

    def works(self, day: date) -> bool:
        """Whether it is a working day."""
        return day in self.workdays or not (day.weekday() in self.weekend or day in self.holidays)

    def days_after(self, moment: datetime, days: int) -> datetime:
        """The moment so many working days later, at the same local time of day; 0 is the moment.

        The day of the moment itself does not count; one on a day off is taken as one on the next
        working day.
        """
        if days == 0:
            return moment
        local = moment.astimezone(self.time_zone)
        begin = self._before(local.date())
        # On a day off, that is the number of the next working day already.
        return self._at(self._day(begin + days), _since_midnight(local))

    def time_after(self, moment: datetime, worked: timedelta) -> datetime:
        """The first moment by which so much working time is over; `moment` for none."""
        if not worked:
            return moment
        days, rest = divmod(self._time_before(moment) + worked, DAY)
        if not rest:  # the end of a working day, which is not the beginning of the next
            return self._at(self._day(days - 1), DAY)
        return self._at(self._day(days), rest)

    def time_between(self, begin: datetime, end: datetime) -> timedelta:
        """How much working time lies between; negative where `end` comes first.

        Every working day has 24 hours of it, also one on which clocks are changed.
        """
        return self._time_before(end) - self._time_before(begin)

    def _at(self, day: date, since_midnight: timedelta) -> datetime:
        midnight = datetime.combine(day, time(), self.time_zone)
        return (midnight + since_midnight).astimezone(UTC)  # by the hands of the clock

    def _time_before(self, moment: datetime) -> timedelta:
        local = moment.astimezone(self.time_zone)
        whole = self._before(local.date()) * DAY
        if not self.works(local.date()):
            return whole
        return whole + _since_midnight(local)

    def _day(self, number: int) -> date:
        """The working day with that number; the first one of the year 1 has 0."""
        # There are never fewer days than working days.
        found = bisect_left(
            _ORDINALS, number + 1, lo=number, key=lambda n: self._before(date.fromordinal(n) + DAY)
        )
        if found >= len(_ORDINALS):
            raise OverflowError(f"there are no {number} working days before the year 10000")
        return date.fromordinal(_ORDINALS[found])

    def _before(self, day: date) -> int:
        """How many working days there are before the day; also the number of the next one."""
        weeks, rest = divmod(day.toordinal() - 1, 7)
        plain = weeks * self._in_week[-1] + self._in_week[rest]
        return plain - bisect_left(self._off, day) + bisect_left(self._on, day)

    @cached_property
    def _in_week(self) -> Sequence[int]:
        """How many days are worked in an ordinary week before each day of it, and in all."""
        return [sum(each not in self.weekend for each in range(until)) for until in range(8)]

    @cached_property
    def _off(self) -> Sequence[date]:
        return sorted(day for day in self.holidays if day.weekday() not in self.weekend)

    @cached_property
    def _on(self) -> Sequence[date]:
        return sorted(day for day in self.workdays if day.weekday() in self.weekend)


def _since_midnight(local: datetime) -> timedelta:
    """What the hands of a clock show."""
    return local.replace(tzinfo=None) - datetime.combine(local.date(), time())


_ORDINALS = range(1, date.max.toordinal())

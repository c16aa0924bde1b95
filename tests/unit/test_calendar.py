"""Working days: plain weeks, holidays with make-up days, ends of years, clocks that change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridql.calendar import SUNDAY, Calendar

PLAIN = Calendar()
CHINA = Calendar(
    holidays=frozenset(
        {
            date(2026, 1, 1),
            date(2026, 1, 2),
            *(date(2026, 9, day) for day in (25, 26, 27)),
            *(date(2026, 10, day) for day in range(1, 8)),
        }
    ),
    workdays=frozenset({date(2026, 1, 4), date(2026, 9, 20), date(2026, 10, 10)}),
)
"""Of the calendar that the State Council announced for 2026: New Year, mid-autumn, National Day."""

BERLIN = Calendar(time_zone=ZoneInfo("Europe/Berlin"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def china(text: str) -> datetime:
    """A moment of China's clocks, such as "2026-09-30 10:00"."""
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("day", "plain", "china"),
    [
        ("2026-04-30", True, True),  # a Thursday
        ("2026-05-02", False, False),  # a Saturday
        ("2026-05-03", False, False),  # a Sunday
        ("2026-10-01", True, False),
        ("2026-10-03", False, False),  # a holiday and a Saturday
        ("2026-10-08", True, True),
        ("2026-09-20", False, True),  # a Sunday, made up
        ("2026-10-10", False, True),  # a Saturday, made up
        ("2026-10-11", False, False),
    ],
)
def test_which_days_are_worked(day: str, plain: bool, china: bool) -> None:
    assert PLAIN.works(date.fromisoformat(day)) is plain
    assert CHINA.works(date.fromisoformat(day)) is china


@pytest.mark.parametrize(
    ("begin", "days", "end"),
    [
        ("2026-05-02 10:00", 0, "2026-05-02 10:00"),  # on the spot, on whatever day
        ("2026-04-29 10:00", 1, "2026-04-30 10:00"),
        ("2026-05-01 16:00", 1, "2026-05-04 16:00"),  # over a weekend
        ("2026-05-01 16:00", 3, "2026-05-06 16:00"),
        ("2026-05-01 16:00", 5, "2026-05-08 16:00"),
        ("2026-05-01 16:00", 6, "2026-05-11 16:00"),
        ("2026-05-02 10:00", 1, "2026-05-05 10:00"),  # from a Saturday: as from Monday
        ("2026-05-03 10:00", 1, "2026-05-05 10:00"),
        ("2026-05-01 23:59", 1, "2026-05-04 23:59"),
        ("2026-05-02 00:00", 1, "2026-05-05 00:00"),  # Friday still in UTC
        ("2025-12-31 09:30", 1, "2026-01-01 09:30"),
        ("2025-12-31 09:30", 30, "2026-02-11 09:30"),
        ("2024-02-28 09:30", 1, "2024-02-29 09:30"),
        ("2026-05-01 16:00", 365, "2027-09-24 16:00"),
    ],
)
def test_working_days_of_plain_weeks(begin: str, days: int, end: str) -> None:
    assert PLAIN.days_after(china(begin), days) == china(end)


@pytest.mark.parametrize(
    ("begin", "days", "end"),
    [
        ("2026-09-30 10:00", 1, "2026-10-08 10:00"),
        ("2026-09-30 10:00", 2, "2026-10-09 10:00"),
        ("2026-09-30 10:00", 3, "2026-10-10 10:00"),  # the make-up day
        ("2026-09-30 10:00", 4, "2026-10-12 10:00"),
        ("2026-10-03 10:00", 1, "2026-10-09 10:00"),  # within the holidays: as from the 8th
        ("2026-10-10 10:00", 1, "2026-10-12 10:00"),  # from a make-up day
        ("2026-09-18 10:00", 1, "2026-09-20 10:00"),  # a Sunday that is worked
        ("2026-09-24 10:00", 1, "2026-09-28 10:00"),
        ("2025-12-31 10:00", 1, "2026-01-04 10:00"),  # New Year, and a Sunday made up
        ("2025-12-31 10:00", 2, "2026-01-05 10:00"),
        ("2026-09-17 10:00", 14, "2026-10-13 10:00"),
    ],
)
def test_working_days_around_holidays_with_make_up_days(begin: str, days: int, end: str) -> None:
    assert CHINA.days_after(china(begin), days) == china(end)


def test_the_time_of_day_stays_where_clocks_change() -> None:
    # Clocks go forward in the night to Sunday, 29 March, and back in that to 25 October.
    friday_in_march = datetime(2026, 3, 27, 9, tzinfo=UTC)
    friday_in_october = datetime(2026, 10, 23, 8, tzinfo=UTC)

    assert BERLIN.days_after(friday_in_march, 1) == datetime(2026, 3, 30, 8, tzinfo=UTC)
    assert BERLIN.days_after(friday_in_october, 1) == datetime(2026, 10, 26, 9, tzinfo=UTC)
    assert BERLIN.time_between(friday_in_march, datetime(2026, 3, 30, 8, tzinfo=UTC)) == DAY
    assert BERLIN.time_after(friday_in_march, DAY) == datetime(2026, 3, 30, 8, tzinfo=UTC)


def test_an_hour_that_the_clocks_leave_out_is_the_one_behind_it() -> None:
    one_day_off = Calendar(time_zone=ZoneInfo("Europe/Berlin"), weekend=frozenset({5}))

    assert one_day_off.days_after(datetime(2026, 3, 27, 1, 30, tzinfo=UTC), 1) == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("calendar", "begin", "end", "worked"),
    [
        (PLAIN, "2026-04-29 10:00", "2026-04-30 12:00", 26 * HOUR),
        (PLAIN, "2026-05-01 16:00", "2026-05-04 16:00", DAY),
        (PLAIN, "2026-05-01 16:00", "2026-05-02 12:00", 8 * HOUR),
        (PLAIN, "2026-05-02 10:00", "2026-05-03 18:00", 0 * HOUR),
        (PLAIN, "2026-05-02 10:00", "2026-05-04 01:30", 1.5 * HOUR),
        (PLAIN, "2026-05-04 16:00", "2026-05-01 16:00", -DAY),
        (PLAIN, "2026-01-01 00:00", "2027-01-01 00:00", 261 * DAY),
        (CHINA, "2026-09-30 10:00", "2026-10-08 10:00", DAY),
        (CHINA, "2026-10-09 12:00", "2026-10-12 12:00", 2 * DAY),
        (Calendar(weekend=frozenset({SUNDAY})), "2026-05-01 16:00", "2026-05-04 16:00", 2 * DAY),
        (Calendar(weekend=frozenset()), "2026-05-01 16:00", "2026-05-04 16:00", 3 * DAY),
    ],
)
def test_working_time_between(calendar: Calendar, begin: str, end: str, worked: timedelta) -> None:
    assert calendar.time_between(china(begin), china(end)) == worked


@pytest.mark.parametrize(
    ("begin", "worked", "end"),
    [
        ("2026-05-02 10:00", 0 * HOUR, "2026-05-02 10:00"),
        ("2026-05-01 16:00", 7 * HOUR, "2026-05-01 23:00"),
        ("2026-05-01 16:00", 8 * HOUR, "2026-05-02 00:00"),
        ("2026-05-01 16:00", 9 * HOUR, "2026-05-04 01:00"),
        ("2026-05-02 10:00", 9 * HOUR, "2026-05-04 09:00"),
        ("2026-05-01 16:00", 3 * DAY, "2026-05-06 16:00"),
    ],
)
def test_working_time_after(begin: str, worked: timedelta, end: str) -> None:
    assert PLAIN.time_after(china(begin), worked) == china(end)


def test_there_is_an_end_to_time() -> None:
    with pytest.raises(OverflowError):
        PLAIN.days_after(datetime(2026, 5, 1, tzinfo=UTC), 10_000_000)
    with pytest.raises(OverflowError):
        PLAIN.days_after(datetime(9999, 12, 31, tzinfo=UTC), 1)
    with pytest.raises(OverflowError):
        PLAIN.time_after(datetime(9999, 12, 30, tzinfo=UTC), 3 * DAY)


MOMENTS = st.datetimes(datetime(2025, 6, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- hypothesis adds the zone


@given(MOMENTS, st.integers(1, 400))
def test_days_are_counted_as_one_would_by_hand(begin: datetime, days: int) -> None:
    day = begin.astimezone(CHINA.time_zone).date()
    while not CHINA.works(day):
        day += DAY
    for _ in range(days):
        day += DAY
        while not CHINA.works(day):
            day += DAY

    end = CHINA.days_after(begin, days).astimezone(CHINA.time_zone)

    assert (end.date(), end.time()) == (day, begin.astimezone(CHINA.time_zone).time())


@given(MOMENTS, st.timedeltas(0 * HOUR, 400 * DAY))
def test_as_much_working_time_lies_between_as_was_counted(
    begin: datetime, worked: timedelta
) -> None:
    end = CHINA.time_after(begin, worked)

    assert end >= begin
    assert CHINA.time_between(begin, end) == worked

"""The file with the rules for handling hazards: what it says, what it leaves out, what is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gridql.calendar import Calendar
from gridql.errors import SetupError
from gridql.handling import Calls, Escalation, Handling, Warnings, read

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "hazard-rules.md"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hazards.toml"


def faults(file: Path, content: str) -> list[str]:
    """What is wrong with a file of this content, below the line that names it."""
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SetupError) as caught:
        read(file)
    head, *found = str(caught.value).split("\n  ")
    assert head == f"the rules for handling hazards in {file} are wrong:"
    return found


def test_without_a_file_the_defaults_hold() -> None:
    assert read(None) == Handling(
        calendar=Calendar(time_zone=ZoneInfo("Asia/Shanghai"), weekend=frozenset({5, 6})),
        clock=Warnings(due_soon_share=0.2, due_soon_hours=4, on_the_spot_minutes=60),
        escalation=Escalation(over=0.5, at_least_hours=24, returns=2),
        calls=Calls(sign_in_minutes=30, contact_minutes=120, attend_minutes=1440),
    )


def test_an_empty_file_changes_nothing(file: Path) -> None:
    file.write_text("[calls]\n")

    assert read(file) == Handling()


def test_what_a_file_says(file: Path) -> None:
    file.write_text(
        """
        [calendar]
        time_zone = "Europe/Berlin"
        weekend = ["FRIDAY", "SATURDAY"]
        holidays = [2026-10-01, 2026-10-02]
        workdays = [2026-10-10]
        [clock]
        due_soon_share = 0.5
        [escalation]
        over = 1
        [calls]
        sign_in_minutes = 15
        """
    )

    assert read(file) == Handling(
        calendar=Calendar(
            time_zone=ZoneInfo("Europe/Berlin"),
            weekend=frozenset({4, 5}),
            holidays=frozenset({date(2026, 10, 1), date(2026, 10, 2)}),
            workdays=frozenset({date(2026, 10, 10)}),
        ),
        clock=Warnings(due_soon_share=0.5, due_soon_hours=4, on_the_spot_minutes=60),
        escalation=Escalation(over=1, at_least_hours=24, returns=2),
        calls=Calls(sign_in_minutes=15, contact_minutes=120, attend_minutes=1440),
    )


def test_every_fault_is_reported_at_once(file: Path) -> None:
    found = faults(
        file,
        """
        claender = 1
        calls = 30
        [calendar]
        time_zone = "Asia/Jinan"
        weekend = ["Saturday"]
        holiday = [2026-10-01]
        holidays = ["2026-10-01"]
        workdays = [2026-10-10T08:00:00]
        [clock]
        due_soon_share = 1.2
        due_soon_hours = true
        [escalation]
        over = 0
        at_least_hours = nan
        returns = 1.5
        level = "STREET"
        [colours]
        """,
    )

    days = "MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY"
    assert found == [
        "claender: there is no such section; did you mean calendar?",
        "calls: has to be a section, [calls]",
        'calendar.time_zone: has to be the name of a time zone, such as "Asia/Shanghai"',
        f"calendar.weekend: has to be a list of days: {days}",
        "calendar.holiday: there is no such rule; did you mean holidays?",
        "calendar.holidays: 2026-10-01 has to be a date such as 2026-10-01, without quotes",
        "calendar.workdays: 2026-10-10 08:00:00 has to be a date such as 2026-10-01, "
        "without quotes",
        "clock.due_soon_share: has to be a number from 0 to 1",
        "clock.due_soon_hours: has to be a number from 0 to 10000",
        "escalation.over: has to be a number from 0.01 to 1000",
        "escalation.at_least_hours: has to be a number from 1 to 10000",
        "escalation.returns: has to be a whole number from 1 to 1000",
        "escalation.level: there is no such rule",
        "colours: there is no such section",
    ]


@pytest.mark.parametrize(
    ("calendar", "reason"),
    [
        (
            "holidays = [2026-10-10]\nworkdays = [2026-10-10]",
            "calendar.workdays: 2026-10-10 is one of the holidays, too",
        ),
        (
            "workdays = [2026-10-10, 2026-10-12]",
            "calendar.workdays: 2026-10-12 is a Monday, worked anyway",
        ),
        (
            "weekend = ['SUNDAY']\nworkdays = [2026-10-10]",
            "calendar.workdays: 2026-10-10 is a Saturday, worked anyway",
        ),
        (
            "holidays = [2026-10-01, 2026-10-02, 2026-10-01]",
            "calendar.holidays: has 2026-10-01 twice",
        ),
        (
            "weekend = ['MONDAY','TUESDAY','WEDNESDAY','THURSDAY','FRIDAY','SATURDAY','SUNDAY']",
            "calendar.weekend: leaves no day to work on",
        ),
        ("weekend = 'SUNDAY'", "calendar.weekend: has to be a list of days: MONDAY, TUESDAY, "),
        ("holidays = 2026-10-01", "calendar.holidays: has to be a list of dates"),
        ("time_zone = 8", "calendar.time_zone: has to be the name of a time zone, such as "),
        ("time_zone = '../etc'", "calendar.time_zone: has to be the name of a time zone, such as "),
        ("time_zone = 'Asia'", "calendar.time_zone: has to be the name of a time zone, such as "),
    ],
)
def test_a_calendar_that_cannot_be(file: Path, calendar: str, reason: str) -> None:
    [found] = faults(file, f"[calendar]\n{calendar}")

    assert found.startswith(reason)


def test_a_file_that_cannot_be_read_is_a_fault(file: Path) -> None:
    with pytest.raises(SetupError, match=r"hazards\.toml: cannot be read: No such file"):
        read(file)
    assert faults(file, "[calendar") == [
        f"{file}: is not TOML: Expected ']' at the end of a table declaration (at end of document)"
    ]


def test_the_example_in_the_guide_is_whole_and_right(file: Path) -> None:
    example = GUIDE.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    file.write_text(example, encoding="utf-8")

    rules = read(file)

    plain = Calendar()
    assert rules == Handling(calendar=rules.calendar)
    assert (rules.calendar.time_zone, rules.calendar.weekend) == (plain.time_zone, plain.weekend)
    assert (len(rules.calendar.holidays), len(rules.calendar.workdays)) == (33, 6)
    assert [line.split(" = ")[0] for line in example.splitlines() if " = " in line] == [
        *("time_zone", "weekend", "holidays", "workdays"),
        *("due_soon_share", "due_soon_hours", "on_the_spot_minutes"),
        *("over", "at_least_hours", "returns"),
        *("sign_in_minutes", "contact_minutes", "attend_minutes"),
    ]

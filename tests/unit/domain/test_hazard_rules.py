"""What a report has to have, when a hazard is due, and how many days are left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gridql import clock
from gridql.domain.hazards.graphql.types import days_left
from gridql.domain.hazards.rules import (
    OPEN_STATUSES,
    HazardStatus,
    Severity,
    departments_faults,
    note_faults,
    report_faults,
)

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
SOUND: dict[str, Any] = {
    "title": "楼道堆物",
    "severity": Severity.MINOR,
    "category": "STORAGE",
    "place_id": 1,
    "grid_code": None,
}


@pytest.mark.parametrize(
    ("other", "paths"),
    [
        ({}, []),
        ({"place_id": None, "grid_code": "370114001003001"}, []),
        ({"severity": Severity.SUSPECTED_MAJOR, "title": "长" * 200, "category": "C" * 40}, []),
        ({"description": "", "department": "HOUSING"}, []),
        ({"title": ""}, ["/title"]),
        ({"title": " \n "}, ["/title"]),
        ({"title": "长" * 201}, ["/title"]),
        ({"title": "a\0"}, ["/title"]),
        ({"category": " "}, ["/category"]),
        ({"category": "C" * 41}, ["/category"]),
        ({"severity": Severity.MAJOR}, ["/severity"]),
        ({"description": "长" * 2001}, ["/description"]),
        ({"department": ""}, ["/department"]),
        ({"department": "D" * 41}, ["/department"]),
        ({"place_id": None}, [None]),
        ({"grid_code": "370114001003001"}, [None]),
        (
            {"title": "", "severity": Severity.MAJOR, "place_id": None},
            ["/title", "/severity", None],
        ),
    ],
)
def test_reports(other: dict[str, Any], paths: list[str | None]) -> None:
    assert [fault.path for fault in report_faults(**SOUND | other)] == paths


def test_notes() -> None:
    assert note_faults(None) == note_faults("") == note_faults("长" * 2000) == []
    assert [fault.path for fault in note_faults("长" * 2001)] == ["/note"]


def test_of_too_many_departments_only_that_is_said() -> None:
    codes = [f"D{number}" for number in range(9000)]

    [fault] = departments_faults("/departments", codes, least=1)

    assert fault.path == "/departments"


def test_what_is_open() -> None:
    assert set(HazardStatus) - set(OPEN_STATUSES) == {HazardStatus.CLOSED, HazardStatus.VOIDED}


def test_days_left_are_whole_days() -> None:
    with clock.using(clock.HeldClock(NOW)):
        assert days_left(None, "REPORTED") is None
        assert days_left(NOW, "CLOSED") is days_left(NOW, "VOIDED") is None
        assert days_left(NOW, "REPORTED") == 0
        assert days_left(NOW + timedelta(hours=47), "DISPATCHED") == 1
        assert days_left(NOW - timedelta(seconds=1), "RECTIFYING") == -1
        assert days_left(NOW - timedelta(hours=25), "RECHECKING") == -2

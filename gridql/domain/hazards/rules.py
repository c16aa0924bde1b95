"""Severity and life of a hazard: pure rules."""

from __future__ import annotations

from datetime import datetime, timedelta

from gridql.errors import Fault, invalid
from gridql.words import Word


class Severity(Word):
    """How grave a hazard is; MAJOR is for departments to confirm."""

    MINOR = "MINOR", "Can be put right easily and at once."
    SERIOUS = "SERIOUS", "Could hurt people or spread, and needs a date."
    SUSPECTED_MAJOR = (
        "SUSPECTED_MAJOR",
        "Looks like a major hazard; a department has to confirm it.",
    )
    MAJOR = "MAJOR", "A department has confirmed that it is major."


class HazardStatus(Word):
    """Where a hazard stands on its way to being closed."""

    REPORTED = "REPORTED", "Reported; nobody has been told to put it right yet."
    DISPATCHED = "DISPATCHED", "Handed to a department."
    RECTIFYING = "RECTIFYING", "Being put right."
    RECHECKING = "RECHECKING", "Put right, and to be looked at again."
    CLOSED = "CLOSED", "Put right and closed."
    VOIDED = "VOIDED", "Taken back: it was none."


class HazardEventKind(Word):
    """What happened to a hazard."""

    REPORTED = "REPORTED", "Reported; nobody has been told to put it right yet."
    CLOSED = "CLOSED", "Put right and closed."


OPEN_STATUSES = (
    HazardStatus.REPORTED,
    HazardStatus.DISPATCHED,
    HazardStatus.RECTIFYING,
    HazardStatus.RECHECKING,
)

REPORTABLE = (Severity.MINOR, Severity.SERIOUS, Severity.SUSPECTED_MAJOR)
"""What a report may say; grid workers have no power to call a hazard MAJOR."""


def due_at(reported_at: datetime, days: int) -> datetime:
    """When a hazard has to be put right: `days` after the report, 0 meaning on the spot."""
    return reported_at + timedelta(days=days)


LONGEST_TITLE = 200
LONGEST_CATEGORY = 40


def report_faults(
    title: str, severity: Severity, category: str, place_id: int | None, grid_code: str | None
) -> list[Fault]:
    """Everything that a report by hand has wrong."""
    faults = []
    if not 1 <= len(title.strip()) <= LONGEST_TITLE:
        faults.append(
            invalid("/title", "标题应为 1 至 200 个字。", "A title has 1 to 200 characters.")
        )
    if not 1 <= len(category.strip()) <= LONGEST_CATEGORY:
        faults.append(
            invalid("/category", "类别应为 1 至 40 个字。", "A category has 1 to 40 characters.")
        )
    if severity not in REPORTABLE:
        faults.append(
            invalid(
                "/severity",
                "重大隐患须由部门认定，上报时请选择“疑似重大”。",
                "Only a department calls a hazard MAJOR; report it as SUSPECTED_MAJOR.",
            )
        )
    if (place_id is None) is (grid_code is None):
        faults.append(
            invalid(
                None,
                "请在 placeId 和 gridCode 中填写且仅填写一项。",
                "Give either placeId or gridCode, and not both.",
            )
        )
    return faults

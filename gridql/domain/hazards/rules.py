"""Severity and life of a hazard: pure rules."""

from __future__ import annotations

from collections.abc import Sequence

from gridql.errors import Fault, invalid, text_faults
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


class HazardLevel(Word):
    """How high a hazard has been escalated."""

    GRID = "GRID", "With the grid that it was found in."
    COMMUNITY = "COMMUNITY", "With the community or village."
    STREET = "STREET", "With the street or town."
    DISTRICT = "DISTRICT", "With the district: there is nobody above."


class Urgency(Word):
    """How an open hazard stands to its due date; the clock sets it."""

    IN_TIME = "IN_TIME", "Not due soon, or without a due date."
    DUE_SOON = "DUE_SOON", "Due soon."
    OVERDUE = "OVERDUE", "The due date is past."


class PartKind(Word):
    """What a department beside the leading one has to do with a hazard."""

    HELPER = "HELPER", "Helps the leading department."
    CALLED = "CALLED", "Was called together with others, and has to sign in, contact and attend."


class HazardEventKind(Word):
    """What happened to a hazard."""

    REPORTED = "REPORTED", "Reported; nobody has been told to put it right yet."
    DISPATCHED = "DISPATCHED", "Handed to a department."
    ACCEPTED = "ACCEPTED", "The department has taken it on."
    RETURNED = "RETURNED", "The department has sent it back."
    EXTENSION_REQUESTED = "EXTENSION_REQUESTED", "The department has asked for a later due date."
    EXTENSION_GRANTED = "EXTENSION_GRANTED", "The later due date holds."
    EXTENSION_REFUSED = "EXTENSION_REFUSED", "The due date stays as it is."
    RECTIFIED = "RECTIFIED", "The department has put it right; it is to be looked at again."
    RECHECK_PASSED = "RECHECK_PASSED", "It was looked at again, found in order, and closed."
    RECHECK_FAILED = "RECHECK_FAILED", "It was looked at again, and has not been put right."
    RECTIFIED_ON_SPOT = "RECTIFIED_ON_SPOT", "Put right where it was found, and closed."
    CLOSED = "CLOSED", "Put right without a department, and closed."
    VOIDED = "VOIDED", "Taken back: it was none."
    REOPENED = "REOPENED", "Open again after it was closed or voided."
    MERGED = "MERGED", "Voided as a duplicate of another."
    UNMERGED = "UNMERGED", "No duplicate after all, and open again."
    ESCALATED = "ESCALATED", "Taken to the next level up."
    MAJOR_CONFIRMED = "MAJOR_CONFIRMED", "A department has confirmed that it is major."
    MAJOR_REFUTED = "MAJOR_REFUTED", "A department has found that it is not major."
    DEPARTMENTS_CALLED = "DEPARTMENTS_CALLED", "Departments were called together for it."
    SIGNED_IN = "SIGNED_IN", "A department that was called has answered."
    CONTACTED = "CONTACTED", "A department that was called has spoken with whoever called."
    ATTENDED = "ATTENDED", "A department that was called has come."
    DUE_SOON = "DUE_SOON", "The due date is near."
    OVERDUE = "OVERDUE", "The due date is past."


OPEN_STATUSES = (
    HazardStatus.REPORTED,
    HazardStatus.DISPATCHED,
    HazardStatus.RECTIFYING,
    HazardStatus.RECHECKING,
)

REPORTABLE = (Severity.MINOR, Severity.SERIOUS, Severity.SUSPECTED_MAJOR)
"""What a report may say; grid workers have no power to call a hazard MAJOR."""


LONGEST_TITLE = 200
LONGEST_CODE = 40
"""Of a category, and of a department."""
LONGEST_TEXT = 2000
"""Of a description, and of a note."""
MOST_DEPARTMENTS = 20
"""That help with one hazard, or are called for it at once."""


def report_faults(
    title: str,
    severity: Severity,
    category: str,
    place_id: int | None,
    grid_code: str | None,
    description: str | None = None,
    department: str | None = None,
) -> list[Fault]:
    """Everything that a report by hand has wrong."""
    faults = [
        *text_faults(
            "/title",
            title,
            "标题应为 1 至 200 个字。",
            "A title has 1 to 200 characters.",
            least=1,
            most=LONGEST_TITLE,
        ),
        *text_faults(
            "/category",
            category,
            "类别应为 1 至 40 个字。",
            "A category has 1 to 40 characters.",
            least=1,
            most=LONGEST_CODE,
        ),
        *text_faults(
            "/description",
            description,
            "说明最多 2000 个字。",
            "A description has at most 2000 characters.",
            most=LONGEST_TEXT,
        ),
        *department_faults("/department", department),
    ]
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


def note_faults(note: str | None) -> list[Fault]:
    """What is wrong with what somebody notes down when a hazard changes."""
    return text_faults(
        "/note",
        note,
        "备注最多 2000 个字。",
        "A note has at most 2000 characters.",
        most=LONGEST_TEXT,
    )


def reason_faults(reason: str, path: str = "/reason") -> list[Fault]:
    """What is wrong with why somebody does something that others have to live with."""
    return text_faults(
        path,
        reason,
        "请填写理由，最多 2000 个字。",
        "A reason has 1 to 2000 characters.",
        least=1,
        most=LONGEST_TEXT,
    )


def missing_faults(note: str | None, path: str = "/note") -> list[Fault]:
    """What is wrong with what somebody says is missing, of a hazard that was not put right."""
    return text_faults(
        path,
        note or "",
        "复查未通过，请在备注中说明问题，最多 2000 个字。",
        "Where it was not put right, a note of 1 to 2000 characters says what is missing.",
        least=1,
        most=LONGEST_TEXT,
    )


def remark_faults(remark: str, path: str = "/remark") -> list[Fault]:
    """What is wrong with what somebody says about how a hazard was put right."""
    return text_faults(
        path,
        remark,
        "请说明整改情况，最多 2000 个字。",
        "A remark has 1 to 2000 characters.",
        least=1,
        most=LONGEST_TEXT,
    )


def department_faults(path: str, code: str | None) -> list[Fault]:
    """What is wrong with the code of a department."""
    return text_faults(
        path,
        code,
        "部门代码应为 1 至 40 个字。",
        "The code of a department has 1 to 40 characters.",
        least=1,
        most=LONGEST_CODE,
    )


def departments_faults(
    path: str, codes: Sequence[str], *, least: int = 0, lead: str | None = None
) -> list[Fault]:
    """What is wrong with a list of departments: each stands there once, and `lead` does not."""
    faults = []
    if not least <= len(codes) <= MOST_DEPARTMENTS:
        faults.append(
            invalid(
                path,
                f"部门应为 {least} 至 {MOST_DEPARTMENTS} 个。",
                f"There have to be {least} to {MOST_DEPARTMENTS} departments.",
            )
        )
    if len(codes) > MOST_DEPARTMENTS:
        return faults
    for number, code in enumerate(codes):
        here = f"{path}/{number}"
        faults += department_faults(here, code)
        if code == lead:
            faults.append(invalid(here, "该部门已是牵头部门。", "This department leads already."))
        elif code in codes[:number]:
            faults.append(invalid(here, "部门重复。", "This department is there twice."))
    return faults

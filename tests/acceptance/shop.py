"""The checklist for shops, filled in, and the operations that hand it in and follow it up."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from gridql import bundled

FORM = "nineSmallPlacesShop"

SUBMIT = """
mutation Submit($input: SubmitFormInput!) {
  submitForm(input: $input) {
    submission { id clientId }
    problems { code path message }
  }
}
"""

REPORT = """
mutation Report($input: ReportHazardInput!) {
  reportHazard(input: $input) {
    hazard { id title severity status grid { code } reportedBy { name } }
    problems { code path message }
  }
}
"""

UPDATES = """
subscription Follow($after: Cursor, $filter: HazardEventFilter) {
  hazardUpdates(after: $after, filter: $filter) {
    cursor
    kind
    from
    to
    revision
    hazard {
      id
      title
      severity
      category
      department
      reportedAt
      dueAt
      grid { code name community { name } }
      place { name responsiblePerson }
      submission { id }
    }
  }
}
"""


def _case(name: str) -> dict[str, Any]:
    cases = bundled.folder("plugins") / "nine_small_places" / "cases"
    answers: dict[str, Any] = json.loads((cases / name).read_text(encoding="utf-8"))["answers"]
    return answers


THREE_FAULTS = _case("shop_three_faults.json")
"""exitClear, extinguisherOk and stockHeight are not in order."""

IN_ORDER = _case("shop_in_order.json")

FOUND = [
    "安全出口或疏散通道被堵塞、上锁",
    "灭火器不足、失效或取用不便",
    "货物堆放过高，与灯具距离不足0.5米",
]
"""The titles of what THREE_FAULTS reveals, in the form's order."""


def checklist(subject_id: str, answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The input of `submitForm` with typed answers, under a client id of its own."""
    return {
        "clientId": str(uuid4()),
        "subjectId": subject_id,
        "answers": {"nineSmallPlacesShopV1": answers},
        **more,
    }


def document(answers: dict[str, Any], form: str = FORM, version: int = 1) -> dict[str, Any]:
    """Answers for the generic member of the input."""
    return {"json": {"form": form, "version": version, "answers": answers}}


def titles(updates: list[Any]) -> list[str]:
    """The hazards that updates are about, by title."""
    return [update["hazard"]["title"] for update in updates]

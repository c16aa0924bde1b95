"""From what was found in answers to rows, and from what plugins say about them to faults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from gridql.calendar import Calendar
from gridql.domain.hazards.actions.reporting import HazardDraft
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import Severity
from gridql.domain.submissions.models import Finding, Submission
from gridql.errors import Fault, Lang, ProblemCode
from gridql.forms.verdict import Found
from gridql.hooks import Said

HAZARD_LANG: Lang = "zh"
"""Titles of hazards are kept in the language of the offices that work through them."""


def hazard_drafts(
    calendar: Calendar,
    submission: Submission,
    found: Sequence[Found],
    worker_id: int | None,
    now: datetime,
) -> list[HazardDraft]:
    """The hazards that follow up what was found in a submission; their days are working days."""
    return [
        HazardDraft(
            title=each.title[HAZARD_LANG],
            severity=Severity(each.severity),
            category=each.category,
            grid_code=submission.grid_id,
            place_id=submission.place_id,
            description=each.remark,
            department=each.department,
            due_at=calendar.days_after(now, each.days),
            submission_id=submission.id,
            worker_id=worker_id,
            item=each.rule,
        )
        for each in found
    ]


def finding_rows(
    submission: Submission, found: Sequence[Found], hazards: Sequence[Hazard | None]
) -> Iterator[Finding]:
    """The rows of what was found in a submission, each with the hazard that follows it up."""
    for each, hazard in zip(found, hazards, strict=True):
        yield Finding(
            submission_id=submission.id,
            area_code=submission.area_code,
            rule=each.rule,
            path=each.at,
            severity=Severity(each.severity),
            category=each.category,
            days=each.days,
            department=each.department,
            basis=[dict(basis) for basis in each.basis],
            title=dict(each.title),
            remark=each.remark,
            hazard_id=hazard.id if hazard else None,
        )


def objection_faults(said: Said, path: str) -> list[Fault]:
    """What plugins object to in answers that stand at `path` of the input."""
    return [Fault(ProblemCode.INVALID, f"{path}{each.at}", each.text) for each in said.objections]


def unheard(said: Said) -> dict[str, list[str]] | None:
    """For the journal: whose findings and objections a submission goes without.

    With their plugin mended, those submissions can be looked through again.
    """
    return {"unheard": list(said.unheard)} if said.unheard else None

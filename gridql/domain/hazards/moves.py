"""The life of a hazard as a table: from where each verb leads where, and what it leaves behind.

Which roles may do it stands in `access/policy.py`, all of it together in `docs/hazards.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gridql.domain.hazards.rules import (
    OPEN_STATUSES,
    HazardEventKind,
    HazardStatus,
    Severity,
)
from gridql.errors import Fault, ProblemCode, Text

REPORTED, DISPATCHED, RECTIFYING, RECHECKING = OPEN_STATUSES
CLOSED, VOIDED = HazardStatus.CLOSED, HazardStatus.VOIDED


@dataclass(frozen=True, slots=True)
class Move:
    """What a verb does to where a hazard stands."""

    kind: HazardEventKind
    starts: Sequence[HazardStatus]
    leads_to: HazardStatus | None
    """None where the hazard stays in its state."""
    cannot: Text
    """What is said of a hazard in another state: it "cannot be closed"."""
    instead: Mapping[HazardStatus, Text] = field(default_factory=dict)
    """What to do about a hazard in that other state."""

    def misfit(self, status: HazardStatus, path: str | None = "/hazardId") -> Fault | None:
        """Why a hazard in that state is not for this verb; None for one that is."""
        if status in self.starts:
            return None
        instead = self.instead.get(status, {"zh": "", "en": ""})
        return Fault(
            ProblemCode.CONFLICT,
            path,
            {
                "zh": f"隐患当前状态为 {status}，{self.cannot['zh']}{instead['zh']}。",
                "en": f"The hazard is {status} and {self.cannot['en']}{instead['en']}.",
            },
        )


def _recheck(kind: HazardEventKind, leads_to: HazardStatus) -> Move:
    return Move(kind, (RECHECKING,), leads_to, {"zh": "不能复查", "en": "cannot be rechecked"})


def _on_call(kind: HazardEventKind) -> Move:
    text = {"zh": "无需再响应吹哨", "en": "nobody is called for it any more"}
    return Move(kind, OPEN_STATUSES, None, text)


_THROUGH_RECHECK: Text = {
    "zh": "：已交办部门，须经复查（recheckHazard）通过后销号",
    "en": ": a department has it, and a passed recheck (recheckHazard) closes it",
}

MOVES: Mapping[str, Move] = {
    "rectifyOnSpot": Move(
        HazardEventKind.RECTIFIED_ON_SPOT,
        (REPORTED,),
        CLOSED,
        {"zh": "不能当场整改", "en": "cannot be put right on the spot"},
    ),
    "dispatch": Move(
        HazardEventKind.DISPATCHED,
        (REPORTED,),
        DISPATCHED,
        {"zh": "不能交办", "en": "cannot be dispatched"},
    ),
    "accept": Move(
        HazardEventKind.ACCEPTED,
        (DISPATCHED,),
        RECTIFYING,
        {"zh": "不能接办", "en": "cannot be accepted"},
    ),
    "return": Move(
        HazardEventKind.RETURNED,
        (DISPATCHED,),
        REPORTED,
        {"zh": "不能退回", "en": "cannot be returned"},
    ),
    "requestExtension": Move(
        HazardEventKind.EXTENSION_REQUESTED,
        (DISPATCHED, RECTIFYING),
        None,
        {"zh": "不能申请延期", "en": "cannot be given more time"},
    ),
    "grantExtension": Move(
        HazardEventKind.EXTENSION_GRANTED,
        (DISPATCHED, RECTIFYING),
        None,
        {"zh": "不能批准延期", "en": "cannot be given more time"},
    ),
    "refuseExtension": Move(
        HazardEventKind.EXTENSION_REFUSED,
        (DISPATCHED, RECTIFYING),
        None,
        {"zh": "没有待答复的延期申请", "en": "waits for no answer about its due date"},
    ),
    "submitRectification": Move(
        HazardEventKind.RECTIFIED,
        (RECTIFYING,),
        RECHECKING,
        {"zh": "不能提交整改结果", "en": "cannot be submitted as put right"},
        {
            DISPATCHED: {
                "zh": "：请先接办（acceptHazard）",
                "en": ": accept it first (acceptHazard)",
            }
        },
    ),
    "passRecheck": _recheck(HazardEventKind.RECHECK_PASSED, CLOSED),
    "failRecheck": _recheck(HazardEventKind.RECHECK_FAILED, RECTIFYING),
    "close": Move(
        HazardEventKind.CLOSED,
        (REPORTED,),
        CLOSED,
        {"zh": "不能销号", "en": "cannot be closed"},
        dict.fromkeys((DISPATCHED, RECTIFYING, RECHECKING), _THROUGH_RECHECK),
    ),
    "void": Move(
        HazardEventKind.VOIDED,
        OPEN_STATUSES,
        VOIDED,
        {"zh": "不能作废", "en": "cannot be voided"},
    ),
    "reopen": Move(
        HazardEventKind.REOPENED,
        (CLOSED, VOIDED),
        REPORTED,
        {"zh": "不能重新打开", "en": "cannot be reopened"},
    ),
    "merge": Move(
        HazardEventKind.MERGED,
        OPEN_STATUSES,
        VOIDED,
        {"zh": "不能合并", "en": "cannot be merged"},
    ),
    "unmerge": Move(
        HazardEventKind.UNMERGED,
        (VOIDED,),
        REPORTED,
        {"zh": "没有被合并", "en": "is not merged into another"},
    ),
    "escalate": Move(
        HazardEventKind.ESCALATED,
        OPEN_STATUSES,
        None,
        {"zh": "不能升级", "en": "cannot be escalated"},
    ),
    "confirmMajor": Move(
        HazardEventKind.MAJOR_CONFIRMED,
        OPEN_STATUSES,
        None,
        {"zh": "不能认定为重大隐患", "en": "cannot be confirmed as major"},
    ),
    "refuteMajor": Move(
        HazardEventKind.MAJOR_REFUTED,
        OPEN_STATUSES,
        None,
        {"zh": "不能排除重大隐患", "en": "cannot be refuted as major"},
    ),
    "callDepartments": Move(
        HazardEventKind.DEPARTMENTS_CALLED,
        OPEN_STATUSES,
        None,
        {"zh": "不能吹哨", "en": "no department can be called for it"},
    ),
    "signIn": _on_call(HazardEventKind.SIGNED_IN),
    "contact": _on_call(HazardEventKind.CONTACTED),
    "attend": _on_call(HazardEventKind.ATTENDED),
}
"""By the verb, as its right is called; the two outcomes of a recheck share one right."""

WITHOUT_DEPARTMENT = (Severity.MINOR, Severity.SERIOUS)
"""What can be put right and closed without one, on the spot or later; with anything graver a
department has to look."""

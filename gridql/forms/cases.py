"""Golden cases: files that say, for one set of answers, what a form has to make of it.

{"title": "…", "form": "shop", "version": 1, "answers": {…},
 "expected": {"faults": ["/exitClear"], "findings": ["exitClear"], "dropped": ["remark"],
              "score": {"value": 74, "grade": "C"}, "measures": {"satisfactionRate": true},
              "codeFindings": ["tooHigh"], "objections": ["/floors"]}}

What `expected` leaves out is expected to be empty. The last two are what the plugin's code says of
sound answers: what it finds beyond the form's own rules, and the answers that it objects to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridql.forms.faults import FormRejected
from gridql.forms.judge import Judge
from gridql.forms.source import read_object
from gridql.forms.version import FormVersion

ByCode = Callable[[FormVersion, Mapping[str, Any]], tuple[Sequence[str], Sequence[str]]]
"""What a plugin's code says of sound answers: the rules that it finds, the places it objects to."""

_EMPTY: Mapping[str, Any] = {
    "faults": [],
    "findings": [],
    "score": None,
    "measures": {},
    "dropped": [],
    "codeFindings": [],
    "objections": [],
}


@dataclass(frozen=True, slots=True)
class CaseFault:
    """One thing in which a case and its form differ, or why the case cannot be played."""

    case: str
    reason: str


def check_cases(
    folder: Path,
    forms: Sequence[FormVersion],
    by_code: ByCode | None = None,
    *,
    whole: bool = True,
) -> tuple[int, list[CaseFault]]:
    """Play the cases in `folder` through `forms`: how many there are, and where they differ.

    Unless `forms` are the `whole` plugin, cases of other forms are passed over.
    """
    judges = {(form.name, form.version): Judge(form) for form in forms}
    faults: list[CaseFault] = []
    count = 0
    for path in sorted(folder.glob("*.json")):
        try:
            case = read_object(path)
        except FormRejected as rejected:
            faults += [CaseFault(path.name, fault.reason) for fault in rejected.faults]
            continue
        named = (case.get("form"), case.get("version"))
        judge = judges.get((str(named[0]), named[1])) if isinstance(named[1], int) else None
        if judge is None and not whole:
            continue
        count += 1
        if judge is None:
            reasons = [f"there is no version {named[1]!r} of a form {named[0]!r}"]
        else:
            reasons = misshapen(case) or differences(judge, case, by_code)
        faults += [CaseFault(path.name, reason) for reason in reasons]
    return count, faults


def misshapen(case: Mapping[str, Any]) -> list[str]:
    """Why what a file holds is no case; empty when it is one."""
    known = {"title", "form", "version", "answers", "expected"}
    reasons = [f"it has no `{name}`" for name in ("answers", "expected") if name not in case]
    reasons += [f"`{name}` means nothing in a case" for name in case if name not in known]
    expected = case.get("expected", {})
    if not isinstance(expected, dict):
        return [*reasons, "`expected` is no object"]
    reasons += [f"nothing like `{name}` can be expected" for name in expected if name not in _EMPTY]
    for name, empty in _EMPTY.items():
        value = expected.get(name, empty)
        if isinstance(empty, list) and not (
            isinstance(value, list) and all(isinstance(item, str) for item in value)
        ):
            reasons.append(f"`{name}` is no list of texts")
        elif isinstance(empty, dict) and not isinstance(value, dict):
            reasons.append(f"`{name}` is no object")
    return reasons


def differences(judge: Judge, case: Mapping[str, Any], by_code: ByCode | None = None) -> list[str]:
    """What the form makes of the answers of a case, where it is not what the case expects."""
    came = outcome(judge, case["answers"], by_code)
    expected = {**_EMPTY, **case["expected"]}
    for name in ("faults", "dropped", "objections"):
        expected[name] = sorted(expected[name])
    return [
        f"{name}: expected {expected[name]!r}, came {came[name]!r}"
        for name in _EMPTY
        if expected[name] != came[name]
    ]


def outcome(judge: Judge, answers: Any, by_code: ByCode | None = None) -> dict[str, Any]:
    """What the form makes of `answers`, in the words of a case's `expected`."""
    verdict = judge.judge(answers)
    score = verdict.score
    asked = by_code if not verdict.faults else None
    added, objected = asked(judge.version, verdict.answers) if asked else ((), ())
    kept = verdict.answers if isinstance(verdict.answers, dict) else {}
    return {
        "faults": sorted(fault.path or "" for fault in verdict.faults),
        "findings": [found.rule for found in verdict.findings],
        "score": score and {"value": score.value, "grade": score.grade},
        "measures": {} if verdict.faults else judge.measures(verdict.answers),
        "dropped": sorted(set(answers) - set(kept)) if isinstance(answers, dict) else [],
        "codeFindings": list(added),
        "objections": sorted(objected),
    }

"""What judging a set of answers comes to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridql.errors import LANGS, Fault, Text
from gridql.forms.version import FindingSeverity

_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_POINTER = re.compile(r"(/[A-Za-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a rule, or a plugin's hook, found in the answers."""

    rule: str
    """Names the rule within the form."""
    at: str
    """JSON Pointer to the answer that it is about."""
    severity: FindingSeverity
    category: str
    days: int
    """Working days to put it right; 0 means on the spot."""
    title: Text
    department: str | None = None
    basis: tuple[Text, ...] = ()
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What gave or took points of a score."""

    id: str
    at: str
    title: Text
    points: float


@dataclass(frozen=True, slots=True)
class Scored:
    """The score of one set of answers, with the trace that explains it."""

    value: float
    max: float
    grade: str | None
    trace: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Faults, or else the answers as they are to be stored and what they mean."""

    faults: tuple[Fault, ...]
    answers: Any
    findings: tuple[Found, ...] = ()
    score: Scored | None = None


def obstacle(found: Any) -> str | None:
    """Why what a plugin calls a finding cannot be stored as one; None when it can."""
    if not isinstance(found, Found):
        return f"{found!r} is no Found"
    # Whoever writes a plugin is not held to its types.
    it: Any = found
    checks = {
        "rule": isinstance(it.rule, str) and 0 < len(it.rule) <= 80,
        "at": isinstance(it.at, str) and _POINTER.fullmatch(it.at) and len(it.at) <= 200,
        "severity": isinstance(it.severity, FindingSeverity),
        "category": isinstance(it.category, str) and _CODE.fullmatch(it.category),
        "days": type(it.days) is int and 0 <= it.days <= 365,
        "title": _is_text(it.title) and all(len(it.title[lang]) <= 200 for lang in LANGS),
        "department": it.department is None
        or (isinstance(it.department, str) and _CODE.fullmatch(it.department)),
        "basis": isinstance(it.basis, tuple) and all(map(_is_text, it.basis)),
        "remark": it.remark is None or isinstance(it.remark, str),
    }
    wrong = [f"{name} {getattr(it, name)!r}" for name, sound in checks.items() if not sound]
    return f"a finding with {', '.join(wrong)}" if wrong else None


def _is_text(text: object) -> bool:
    return isinstance(text, Mapping) and all(
        isinstance(text.get(lang), str) and text[lang] for lang in LANGS
    )

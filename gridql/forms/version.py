"""One version of a form, complete and unchanging: what is published, stored and judged by."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

import orjson

from gridql.errors import Text
from gridql.words import Word

Schema = dict[str, Any]


class FormKind(Word):
    """What a form is for."""

    INSPECTION = "INSPECTION", "Finds what is wrong with something."
    SURVEY = "SURVEY", "Asks people what they think."
    RECORD = "RECORD", "Writes down what took place."


class SubjectKind(Word):
    """What a form is filled in about."""

    PLACE = "PLACE", "A place."
    HOUSEHOLD = "HOUSEHOLD", "A household."
    RESIDENT = "RESIDENT", "A resident."
    GRID = "GRID", "A grid."
    AREA = "AREA", "An area."


class FindingSeverity(StrEnum):
    """How grave a rule may call what it finds; MAJOR is for departments to confirm."""

    MINOR = "MINOR"
    SERIOUS = "SERIOUS"
    SUSPECTED_MAJOR = "SUSPECTED_MAJOR"


@dataclass(frozen=True, slots=True)
class Category:
    """Which places a form is for: a category within a versioned scheme."""

    scheme: str
    code: str


@dataclass(frozen=True, slots=True)
class FindingRule:
    """A condition over the answers, and what it means when it holds."""

    id: str
    when: Schema
    at: str
    severity: FindingSeverity
    category: str
    days: int
    department: str | None
    basis: tuple[Text, ...]
    title: Text
    remark_from: str | None


@dataclass(frozen=True, slots=True)
class Weight:
    """Points that a score gains or loses when a condition over the answers holds."""

    id: str
    when: Schema
    at: str
    points: float
    title: Text


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade of every score from `at_least` up to the next grade."""

    at_least: float
    grade: str


@dataclass(frozen=True, slots=True)
class Score:
    """How answers are scored: from `start`, by weights, within 0 and `max`."""

    max: float
    start: float
    weights: tuple[Weight, ...]
    grades: tuple[Grade, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A rate over many submissions: which answers count, out of which."""

    id: str
    title: Text
    numerator: Schema
    denominator: Schema


@dataclass(frozen=True)
class FormVersion:
    """A published version of a form; two with the same `hash` are the same in every word."""

    name: str
    version: int
    kind: FormKind
    subject: SubjectKind
    plugin: str
    title: Text
    schemas: Mapping[str, Schema]
    """The bundled JSON Schema in each language; the versions differ in texts only."""
    ui_schemas: Mapping[str, Schema]
    description: Text | None = None
    category: Category | None = None
    findings: tuple[FindingRule, ...] = ()
    score: Score | None = None
    measures: tuple[Measure, ...] = ()
    shared: Mapping[str, str] = field(default_factory=dict)
    """Where each shared enumeration in `$defs` came from: `{"CheckAnswer": "gridql:check"}`."""
    hash: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hash", _hash(self.to_document()))

    @property
    def type_name(self) -> str:
        """The GraphQL type of its answers: `NineSmallPlacesShopV1`."""
        return f"{self.name[0].upper()}{self.name[1:]}V{self.version}"

    @property
    def member_name(self) -> str:
        """The member of the answers input that takes it: `nineSmallPlacesShopV1`."""
        return f"{self.name}V{self.version}"

    @property
    def schema(self) -> Schema:
        """The schema to judge by; which language its texts are in does not matter."""
        return next(iter(self.schemas.values()))

    def to_document(self) -> dict[str, Any]:
        """Everything as JSON, so that it can be stored and rebuilt without its files."""
        return {
            "name": self.name,
            "version": self.version,
            "kind": self.kind.value,
            "subject": self.subject.value,
            "plugin": self.plugin,
            "title": dict(self.title),
            "description": dict(self.description) if self.description else None,
            "category": _members(self.category) if self.category else None,
            "schemas": dict(self.schemas),
            "uiSchemas": dict(self.ui_schemas),
            "findings": [_members(rule) for rule in self.findings],
            "score": _score_document(self.score) if self.score else None,
            "measures": [_members(measure) for measure in self.measures],
            "shared": dict(self.shared),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> FormVersion:
        """The version that `to_document` wrote down."""
        return cls(
            name=document["name"],
            version=document["version"],
            kind=FormKind(document["kind"]),
            subject=SubjectKind(document["subject"]),
            plugin=document["plugin"],
            title=document["title"],
            description=document["description"],
            category=Category(**document["category"]) if document["category"] else None,
            schemas=document["schemas"],
            ui_schemas=document["uiSchemas"],
            findings=tuple(finding_rule(rule) for rule in document["findings"]),
            score=score(document["score"]) if document["score"] else None,
            measures=tuple(Measure(**measure) for measure in document["measures"]),
            shared=document["shared"],
        )


def _members(part: Category | FindingRule | Weight | Grade | Measure) -> dict[str, Any]:
    # `asdict` would copy every condition through and through, at each start and for each form.
    return {each.name: getattr(part, each.name) for each in fields(part)}


def _score_document(score: Score) -> dict[str, Any]:
    return {
        "max": score.max,
        "start": score.start,
        "weights": [_members(weight) for weight in score.weights],
        "grades": [_members(grade) for grade in score.grades],
    }


def finding_rule(rule: Mapping[str, Any]) -> FindingRule:
    """The rule that a document of a version has as `rule`."""
    return FindingRule(
        **{
            **rule,
            "severity": FindingSeverity(rule["severity"]),
            "basis": tuple(rule["basis"]),
        }
    )


def score(document: Mapping[str, Any]) -> Score:
    """The score that a document of a version has as `document`."""
    return Score(
        max=document["max"],
        start=document["start"],
        weights=tuple(Weight(**weight) for weight in document["weights"]),
        grades=tuple(Grade(**grade) for grade in document["grades"]),
    )


def _hash(document: Mapping[str, Any]) -> str:
    # Who brings a form may change (a plugin is renamed), what it says may not.
    content = {key: value for key, value in document.items() if key != "plugin"}
    return hashlib.sha256(orjson.dumps(_canonical(content))).hexdigest()


def _canonical(value: Any, *, ordered: bool = False) -> Any:
    """`value` without the order of its members, save that of `properties`: it is what one sees.

    Members that say nothing are left out, so that a member which gridql learns later, and which a
    form does not have, leaves the hashes of published versions as they are.
    """
    if isinstance(value, Mapping):
        members = [
            [key, _canonical(member, ordered=key == "properties")]
            for key, member in value.items()
            if member not in (None, [], {}, ())
        ]
        return members if ordered else sorted(members, key=lambda member: str(member[0]))
    if isinstance(value, (list, tuple)):
        return [_canonical(item) for item in value]
    return value

"""Forms: documents, the typed subset of JSON Schema, loading, judging, published versions."""

from gridql.forms.version import (
    Category,
    FindingRule,
    FindingSeverity,
    FormKind,
    FormVersion,
    Grade,
    Measure,
    Score,
    SubjectKind,
    Weight,
)

__all__ = [
    "Category",
    "FindingRule",
    "FindingSeverity",
    "FormKind",
    "FormVersion",
    "Grade",
    "Measure",
    "Score",
    "SubjectKind",
    "Weight",
]

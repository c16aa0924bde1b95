"""Tables of submissions and of what their rules found."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from gridql.domain.hazards.rules import Severity
from gridql.rows import DocumentField, Row, UtcField, reference


class ScopedRow(Row):
    """A row about something in a grid, or about a whole area: `area_code` scopes it."""

    area_code = fields.CharField(
        15, db_index=True, description="Code of the grid, or of the area, that it is about."
    )

    class Meta:
        abstract = True


class Submission(ScopedRow):
    """Answers to one version of a form, about one subject."""

    grid: fields.ForeignKeyNullableRelation[Any] = reference(
        "Grid",
        "The grid that the subject lies in, null for a subject that is an area.",
        null=True,
        column="grid_code",
    )
    grid_id: str | None

    client_id = fields.UUIDField(
        unique=True, description="The id that the device gave it, sent twice, kept once."
    )
    form: fields.ForeignKeyRelation[Any] = reference(
        "PublishedForm", "The version of the form that was answered.", index=True
    )
    form_id: int
    place: fields.ForeignKeyNullableRelation[Any] = reference(
        "Place", "The place that it is about, if it is one.", null=True, index=True
    )
    place_id: int | None
    household: fields.ForeignKeyNullableRelation[Any] = reference(
        "Household", "The household that it is about, if it is one.", null=True, index=True
    )
    household_id: int | None
    resident: fields.ForeignKeyNullableRelation[Any] = reference(
        "Resident", "The resident that it is about, if it is one.", null=True, index=True
    )
    resident_id: int | None
    worker: fields.ForeignKeyNullableRelation[Any] = reference(
        "GridWorker", "Who filled it in, null for staff who are no grid workers.", null=True
    )
    worker_id: int | None
    visit: fields.ForeignKeyNullableRelation[Any] = reference(
        "Visit", "The visit during which it was filled in, if there was one.", null=True
    )
    visit_id: int | None
    answers: Any = DocumentField(description="The whole document of answers.")
    score: Any = DocumentField(null=True, description="What the form's rules made of the answers.")
    observed_at = UtcField(description="When the answers were true, by the device's clock.")
    submitted_at = UtcField(description="When the server took them.")
    location: Any = DocumentField(
        null=True, description="Where the device was: GeoJSON Point in WGS 84."
    )

    class Meta:
        table = "submission"
        indexes = (
            Index(fields=("submitted_at", "id", "area_code")),
            Index(fields=("area_code", "submitted_at")),
            Index(fields=("worker_id", "submitted_at")),
            Index(fields=("observed_at",)),
        )


class Finding(ScopedRow):
    """One thing that a form's rule found in the answers."""

    submission: fields.ForeignKeyRelation[Submission] = reference(
        "Submission", "The answers that it was found in.", index=True, on_delete=fields.CASCADE
    )
    submission_id: int
    rule = fields.CharField(80, description="Id of the rule within the form.")
    path = fields.CharField(200, null=True, description="JSON Pointer to the answer it is about.")
    severity = fields.CharEnumField(Severity, max_length=20, description="How grave it is.")
    category = fields.CharField(40, description="What it is about.")
    days = fields.IntField(description="Working days to put it right, 0 means on the spot.")
    department = fields.CharField(40, null=True, description="Code of the department for it.")
    basis: Any = DocumentField(description="Laws and rules that it offends against.")
    title: Any = DocumentField(description="What is wrong, in each language.")
    remark = fields.TextField(null=True, description="What the grid worker added.")
    hazard: fields.ForeignKeyNullableRelation[Any] = reference(
        "Hazard", "The hazard that follows it up.", null=True, index=True, on_delete=fields.SET_NULL
    )
    hazard_id: int | None

    class Meta:
        table = "finding"

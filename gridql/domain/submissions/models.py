"""Tables of submissions and of what their rules found."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from gridql.domain.hazards.rules import Severity
from gridql.rows import DocumentField, Row, UtcField


class ScopedRow(Row):
    """A row about something in a grid, or about a whole area: `area_code` scopes it."""

    area_code = fields.CharField(
        15, db_index=True, description="Code of the grid, or of the area, that it is about."
    )

    class Meta:
        abstract = True


class Submission(ScopedRow):
    """Answers to one version of a form, about one subject."""

    grid: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "gridql.Grid",
        source_field="grid_code",
        related_name=False,
        null=True,
        on_delete=fields.RESTRICT,
        description="The grid that the subject lies in, null for a subject that is an area.",
    )
    grid_id: str | None

    client_id = fields.UUIDField(
        unique=True, description="The id that the device gave it, sent twice, kept once."
    )
    form: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "gridql.PublishedForm",
        related_name=False,
        on_delete=fields.RESTRICT,
        db_index=True,
        description="The version of the form that was answered.",
    )
    form_id: int
    place: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "gridql.Place",
        related_name=False,
        null=True,
        on_delete=fields.RESTRICT,
        db_index=True,
        description="The place that it is about, if it is one.",
    )
    place_id: int | None
    household: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "gridql.Household",
        related_name=False,
        null=True,
        on_delete=fields.RESTRICT,
        db_index=True,
        description="The household that it is about, if it is one.",
    )
    household_id: int | None
    resident: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "gridql.Resident",
        related_name=False,
        null=True,
        on_delete=fields.RESTRICT,
        db_index=True,
        description="The resident that it is about, if it is one.",
    )
    resident_id: int | None
    worker: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "gridql.GridWorker",
        related_name=False,
        null=True,
        on_delete=fields.RESTRICT,
        description="Who filled it in, null for staff who are no grid workers.",
    )
    worker_id: int | None
    visit: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "gridql.Visit",
        related_name=False,
        null=True,
        on_delete=fields.RESTRICT,
        description="The visit during which it was filled in, if there was one.",
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
        indexes = (Index(fields=("area_code", "submitted_at")),)


class Finding(ScopedRow):
    """One thing that a form's rule found in the answers."""

    submission: fields.ForeignKeyRelation[Submission] = fields.ForeignKeyField(
        "gridql.Submission",
        related_name=False,
        on_delete=fields.CASCADE,
        db_index=True,
        description="The answers that it was found in.",
    )
    submission_id: int
    rule = fields.CharField(80, description="Id of the rule within the form.")
    path = fields.CharField(200, null=True, description="JSON Pointer to the answer it is about.")
    severity = fields.CharEnumField(Severity, max_length=20, description="How grave it is.")
    category = fields.CharField(40, description="What it is about.")
    days = fields.IntField(description="Days to put it right, 0 means on the spot.")
    department = fields.CharField(40, null=True, description="Code of the department for it.")
    basis: Any = DocumentField(description="Laws and rules that it offends against.")
    title: Any = DocumentField(description="What is wrong, in each language.")
    remark = fields.TextField(null=True, description="What the grid worker added.")
    hazard: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "gridql.Hazard",
        related_name=False,
        null=True,
        on_delete=fields.SET_NULL,
        db_index=True,
        description="The hazard that follows it up.",
    )
    hazard_id: int | None

    class Meta:
        table = "finding"

"""The table of hazards; what happened to each stands in the journal."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from gridql.domain.hazards.rules import HazardStatus, Severity
from gridql.rows import GridRow, UtcField, reference


class Hazard(GridRow):
    """Something that could hurt people, from the moment it was found until it is put right."""

    client_id = fields.UUIDField(
        null=True, unique=True, description="The id that the device gave it, sent twice, kept once."
    )
    title = fields.CharField(200, description="What is wrong, in a line.")
    description = fields.TextField(null=True, description="What else whoever found it wrote.")
    severity = fields.CharEnumField(Severity, max_length=20, description="How grave it is.")
    status = fields.CharEnumField(
        HazardStatus,
        max_length=12,
        default=HazardStatus.REPORTED,
        description="Where it stands on its way to being closed.",
    )
    category = fields.CharField(40, description="What it is about, as the form's rule names it.")
    department = fields.CharField(
        40, null=True, description="Code of the department that puts it right, null if not known."
    )
    place: fields.ForeignKeyNullableRelation[Any] = reference(
        "Place", "The place where it was found, if it was one.", null=True, index=True
    )
    place_id: int | None
    submission: fields.ForeignKeyNullableRelation[Any] = reference(
        "Submission",
        "The answers that it was found in, null if it was reported by itself.",
        null=True,
        index=True,
    )
    submission_id: int | None
    reported_by: fields.ForeignKeyNullableRelation[Any] = reference(
        "GridWorker",
        "The grid worker who reported it, null for others, or outside of your scope.",
        null=True,
    )
    reported_by_id: int | None
    reported_at = UtcField(description="When it was reported.")
    due_at = UtcField(null=True, description="By when it has to be put right, null if not set.")
    closed_at = UtcField(null=True, description="When it was closed, null while it is open.")
    revision = fields.IntField(default=1, description="Counts its changes, from 1.")

    class Meta:
        table = "hazard"
        # Further ones, of expressions and of texts by code points, are in the migrations.
        indexes = (
            Index(fields=("grid_code", "reported_at")),
            # Lists in their usual order. What else they are most often narrowed by stands behind
            # the order, so that rows which do not fit are passed over without being read.
            Index(fields=("reported_at", "id", "grid_code")),
            Index(fields=("status", "reported_at", "id", "grid_code", "severity")),
            Index(fields=("severity", "reported_at", "id")),
        )

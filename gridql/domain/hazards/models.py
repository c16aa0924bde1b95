"""Hazards and the departments that have a part in them; what happened stands in the journal."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from gridql.domain.hazards.rules import HazardLevel, HazardStatus, PartKind, Severity, Urgency
from gridql.rows import GridRow, Row, UtcField, reference


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
    item = fields.CharField(
        80,
        null=True,
        description="The rule of the checklist that found it, null if it was reported by itself.",
    )
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
    dispatched_at = UtcField(
        null=True, description="When it was handed to its department, null while it is not."
    )
    extension_until = UtcField(
        null=True, description="The later due date that is asked for and not answered yet."
    )
    returns = fields.IntField(
        default=0, db_default=0, description="How often a department has sent it back."
    )
    rectified_at = UtcField(
        null=True, description="When a department last said that it has put it right."
    )
    rectified_by_id = fields.BigIntField(
        null=True, description="The account that said so, which does not recheck it."
    )
    level = fields.CharEnumField(
        HazardLevel,
        max_length=10,
        default=HazardLevel.GRID,
        db_default=HazardLevel.GRID,
        description="How high it has been escalated.",
    )
    urgency = fields.CharEnumField(
        Urgency,
        max_length=10,
        default=Urgency.IN_TIME,
        db_default=Urgency.IN_TIME,
        description="How it stands to its due date.",
    )
    clock_at = UtcField(
        null=True, description="When the clock has to look at it next, null if not at all."
    )
    merged_into: fields.ForeignKeyNullableRelation[Any] = reference(
        "Hazard", "The hazard of which it is a duplicate, if it is one.", null=True, index=True
    )
    merged_into_id: int | None
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
            Index(fields=("urgency", "reported_at", "id")),
            Index(fields=("level", "reported_at", "id")),
        )


class HazardPart(Row):
    """A department beside the leading one: helping, or called, with what it has to do by when."""

    hazard: fields.ForeignKeyRelation[Any] = reference("Hazard", "The hazard.")
    hazard_id: int
    department = fields.CharField(40, description="Code of the department.")
    part = fields.CharEnumField(
        PartKind, max_length=10, description="Whether it helps, or was called."
    )
    called_at = UtcField(null=True, description="When it was called, null for a helper.")
    sign_in_due_at = UtcField(null=True, description="By when it has to sign in.")
    signed_in_at = UtcField(null=True, description="When it signed in.")
    contact_due_at = UtcField(null=True, description="By when it has to speak with the caller.")
    contacted_at = UtcField(null=True, description="When it spoke with the caller.")
    attend_due_at = UtcField(null=True, description="By when it has to come.")
    attended_at = UtcField(null=True, description="When it came.")
    clock_at = UtcField(
        null=True, description="When the clock has to look at it next, null if not at all."
    )

    class Meta:
        table = "hazard_part"
        # Also in the migrations, by code points: what a department sees.
        unique_together = (("hazard", "department", "part"),)

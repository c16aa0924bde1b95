"""The table of visits."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from gridql.domain.visits.rules import VisitKind, VisitOutcome
from gridql.rows import GridRow, UtcField, reference


class Visit(GridRow):
    """A grid worker called at a home or a place, or walked a round."""

    client_id = fields.UUIDField(
        null=True, unique=True, description="The id that the device gave it, sent twice, kept once."
    )
    kind = fields.CharEnumField(VisitKind, max_length=10, description="What the visit was for.")
    outcome = fields.CharEnumField(VisitOutcome, max_length=15, description="How it ended.")
    visited_at = UtcField(description="When it took place.")
    note = fields.TextField(null=True, description="What the grid worker wrote down.")
    household: fields.ForeignKeyNullableRelation[Any] = reference(
        "Household", "The home that was visited, if it was one.", null=True
    )
    household_id: int | None
    place: fields.ForeignKeyNullableRelation[Any] = reference(
        "Place", "The place that was visited, if it was one.", null=True
    )
    place_id: int | None
    worker: fields.ForeignKeyNullableRelation[Any] = reference(
        "GridWorker",
        "Who went, null for staff who are no grid workers, and outside of your scope.",
        null=True,
    )
    worker_id: int | None

    class Meta:
        table = "visit"
        indexes = (
            Index(fields=("visited_at", "id", "grid_code")),
            Index(fields=("kind", "visited_at", "id")),
            Index(fields=("outcome", "visited_at", "id")),
            Index(fields=("grid_code", "visited_at")),
            Index(fields=("household_id", "visited_at")),
            Index(fields=("place_id", "visited_at")),
            Index(fields=("worker_id", "visited_at")),
        )

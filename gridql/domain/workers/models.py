"""The table of grid workers."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from gridql.domain.workers.rules import Duty, WorkerKind
from gridql.rows import GridRow


class GridWorker(GridRow):
    """Somebody who works a grid: visits homes, inspects places, reports hazards."""

    name = fields.CharField(50, description="Name of the grid worker.")
    kind = fields.CharEnumField(
        WorkerKind, max_length=10, db_index=True, description="How the grid worker is employed."
    )
    duty = fields.CharEnumField(
        Duty, max_length=10, default=Duty.MEMBER, description="What falls to them in their grid."
    )
    active = fields.BooleanField(default=True, description="False once they have left.")
    account: fields.OneToOneNullableRelation[Any] = fields.OneToOneField(
        "gridql.Account",
        related_name=False,
        null=True,
        on_delete=fields.SET_NULL,
        description="The account with which they sign what they do.",
    )
    account_id: int | None

    class Meta:
        table = "grid_worker"
        indexes = (Index(fields=("grid_code", "active")), Index(fields=("duty",)))

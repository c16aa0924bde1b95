"""Tables of areas and grids; both are known by their code."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from gridql.domain.areas.rules import AreaLevel, GridKind
from gridql.rows import DocumentField, reference


class Area(Model):
    """A node of the administrative tree: province, city, district, street or town, community."""

    code = fields.CharField(
        12,
        primary_key=True,
        description="Administrative code: 6 digits for a district, 9 for a street or town, "
        "12 for a community or village.",
    )
    name = fields.CharField(100, description="Official name, in Chinese.")
    name_en = fields.CharField(100, null=True, description="Name in English, where there is one.")
    level = fields.CharEnumField(
        AreaLevel, max_length=10, db_index=True, description="How far down the tree it stands."
    )
    parent: fields.ForeignKeyNullableRelation[Area] = reference(
        "Area",
        "The area right above, null at the top of what is known here.",
        null=True,
        index=True,
        column="parent_code",
    )
    parent_id: str | None
    boundary: Any = DocumentField(
        null=True, description="Outline as a GeoJSON geometry in WGS 84, null where not surveyed."
    )

    class Meta:
        table = "area"


class Grid(Model):
    """The unit of work below a community: some 300 to 500 households, or one institution."""

    code = fields.CharField(
        15, primary_key=True, description="Code of the grid: its community's 12 digits and 3 more."
    )
    name = fields.CharField(100, description="What the grid is called, in Chinese.")
    kind = fields.CharEnumField(
        GridKind,
        max_length=10,
        default=GridKind.BASIC,
        description="BASIC for homes and streets, DEDICATED for one institution.",
    )
    community: fields.ForeignKeyRelation[Area] = reference(
        "Area",
        "The community or village that the grid is part of.",
        index=True,
        column="community_code",
    )
    community_id: str
    boundary: Any = DocumentField(
        null=True, description="Outline as a GeoJSON geometry in WGS 84, null where not surveyed."
    )

    class Meta:
        table = "grid"
        indexes = (Index(fields=("kind",)),)

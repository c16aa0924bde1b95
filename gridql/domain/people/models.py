"""Tables of households and residents; what identifies a person is sealed."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from gridql.domain.people.rules import Gender
from gridql.rows import DocumentField, GridRow, UtcField, reference


class Household(GridRow):
    """A home: an address where people live, or could."""

    address = fields.CharField(200, description="Where it is, below the community.")
    vacant = fields.BooleanField(default=False, description="True while nobody lives there.")
    last_visited_at = UtcField(
        null=True,
        description="When somebody was last met there on a visit, null if never.",
    )

    last_attempted_at = UtcField(
        null=True,
        description="When somebody last called there, whatever came of it, null if never.",
    )

    class Meta:
        table = "household"
        indexes = (
            Index(fields=("grid_code", "id")),
            Index(fields=("grid_code", "vacant", "last_visited_at", "last_attempted_at")),
        )


class Resident(GridRow):
    """Somebody who lives in a household."""

    household: fields.ForeignKeyRelation[Household] = reference(
        "Household", "The home they live in.", index=True
    )
    household_id: int
    name = fields.CharField(50, description="Name of the resident.")
    birth_year = fields.IntField(null=True, description="Year of birth, null where not known.")
    gender = fields.CharEnumField(Gender, max_length=10, null=True, description="As registered.")
    care_groups: Any = DocumentField(
        description="Why they are looked in on more often, empty for most."
    )
    seal_id = fields.UUIDField(description="What the sealed columns of this row are bound to.")
    phone_sealed = fields.TextField(null=True, description="Telephone, sealed.")
    phone_masked = fields.CharField(20, null=True, description="Telephone with its middle hidden.")
    phone_index = fields.CharField(
        64, null=True, db_index=True, description="Blind index of the telephone."
    )
    id_number_sealed = fields.TextField(null=True, description="Identity number, sealed.")
    id_number_masked = fields.CharField(
        20, null=True, description="Identity number with all but its ends hidden."
    )
    id_number_index = fields.CharField(
        64, null=True, db_index=True, description="Blind index of the identity number."
    )

    class Meta:
        table = "resident"
        indexes = (
            Index(fields=("grid_code", "id")),
            Index(fields=("gender", "birth_year")),
            Index(fields=("birth_year",)),
        )

"""The table of places."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from gridql.rows import DocumentField, GridRow


class Place(GridRow):
    """A shop, restaurant, workshop or other premises that is inspected."""

    name = fields.CharField(100, description="Name over the door.")
    scheme = fields.CharField(
        40, description="The list of categories in use, with its year, they differ by province."
    )
    category = fields.CharField(20, description="Code within the scheme, such as N01 for a shop.")
    address = fields.CharField(200, null=True, description="Where it is, below the community.")
    location: Any = DocumentField(
        null=True, description="GeoJSON Point in WGS 84, null where not surveyed."
    )
    responsible_person = fields.CharField(
        50,
        null=True,
        description="Who answers for fire safety there, hidden from partners and auditors.",
    )

    class Meta:
        table = "place"
        indexes = (Index(fields=("grid_code", "id")),)

"""Scalars beyond those that GraphQL and Strawberry bring, and the languages of texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from gridql.graph.enums import graphql_enum
from gridql.words import Word

Cursor = NewType("Cursor", str)
GeoJSON = NewType("GeoJSON", object)

SCALARS: Mapping[object, ScalarDefinition] = {
    Cursor: strawberry.scalar(
        name="Cursor",
        description="A place in a list or in the journal. Opaque: keep it, and hand it back.",
        serialize=str,
        parse_value=str,
    ),
    GeoJSON: strawberry.scalar(
        name="GeoJSON",
        description="A GeoJSON geometry (RFC 7946): WGS 84, longitude before latitude.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc7946",
    ),
}


class Lang(Word):
    """A language of texts."""

    zh = "zh", "Chinese."
    en = "en", "English."


graphql_enum(Lang)

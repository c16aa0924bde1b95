"""Scalars beyond those that GraphQL and Strawberry bring, and the languages of texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NewType
from uuid import UUID

import strawberry
from strawberry.types.scalar import ScalarDefinition

from gridql.graph.enums import graphql_enum
from gridql.rows import utc_text
from gridql.words import Word

Cursor = NewType("Cursor", str)
GeoJSON = NewType("GeoJSON", object)


_INFINITE = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
"""What PostgreSQL's driver takes for infinities, and would give back as such."""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("A cursor is a string.")
    return value


def _uuid(value: object) -> UUID:
    try:
        if not isinstance(value, str):
            raise ValueError
        return UUID(value)
    except ValueError:
        raise ValueError(f"{value!r} is no UUID.") from None


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is None or moment.tzinfo is None or "T" not in str(value).upper():
            raise ValueError
        moment = moment.astimezone(UTC)
        if moment in _INFINITE:
            raise ValueError
        return moment
    except (ValueError, OverflowError):
        raise ValueError(
            f"{value!r} is no moment with an offset, such as 2026-11-22T08:30:00Z."
        ) from None


SCALARS: Mapping[object, ScalarDefinition] = {
    Cursor: strawberry.scalar(
        name="Cursor",
        description="A place in a list or in the journal. Opaque: keep it, and hand it back.",
        parse_value=_text,
    ),
    UUID: strawberry.scalar(
        name="UUID",
        description="A UUID (RFC 9562), such as 5c1f1a52-7f0e-4a1c-9a43-0d1b8f3f8a11.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc9562",
        serialize=str,
        parse_value=_uuid,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment (RFC 3339) with its offset, such as 2026-11-22T08:30:00Z; "
        "given back in UTC.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=utc_text,
        parse_value=_moment,
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

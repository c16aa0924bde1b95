"""Moments and cursors as they come in, and moments as they go out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from graphql import GraphQLScalarType

from gridql import schema

SCHEMA = schema.build([])


def scalar(name: str) -> Any:
    found = SCHEMA.get_type(name)
    assert isinstance(found, GraphQLScalarType)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-01T08:00:00Z", datetime(2026, 5, 1, 8, tzinfo=UTC)),
        ("2026-05-01T16:00:00.5+08:00", datetime(2026, 5, 1, 8, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-05-01T00:00:00-00:00", datetime(2026, 5, 1, tzinfo=UTC)),
    ],
)
def test_moments_are_taken_in_any_offset(text: str, expected: datetime) -> None:
    assert scalar("DateTime").parse_value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-05-01",
        "2026-05-01T08:00:00",
        "2026-05-01 08:00:00Z",
        "2026-02-30T08:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        1_700_000_000,
        None,
        True,
    ],
)
def test_what_is_no_moment(text: object) -> None:
    with pytest.raises(ValueError, match="is no moment with an offset"):
        scalar("DateTime").parse_value(text)


def test_moments_are_given_in_utc_without_trailing_zeros() -> None:
    china = timezone(timedelta(hours=8))
    serialize = scalar("DateTime").serialize

    assert serialize(datetime(2026, 5, 1, 16, tzinfo=china)) == "2026-05-01T08:00:00+00:00"
    assert serialize(datetime(2026, 5, 1, 0, 0, 0, 120_000, tzinfo=UTC)) == (
        "2026-05-01T00:00:00.12+00:00"
    )


def test_cursors_are_texts() -> None:
    assert scalar("Cursor").parse_value("anything") == "anything"
    with pytest.raises(ValueError, match="A cursor is a string"):
        scalar("Cursor").parse_value(5)

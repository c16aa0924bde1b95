"""Compiled schemas: linear-time patterns, formats judged, and nothing fetched from anywhere."""

from __future__ import annotations

from typing import Protocol

import jsonschema_rs

from gridql.forms.version import Schema

Validator = jsonschema_rs.Draft202012Validator


class Condition(Protocol):
    """Something that holds for a value, or does not."""

    def is_valid(self, instance: object) -> bool:
        """Whether it holds for `instance`."""


def compiled(schema: Schema | bool) -> Validator:
    """A validator for `schema`; raises ValueError for a pattern that needs backtracking."""
    return Validator(
        schema,
        offline=True,
        validate_formats=True,
        pattern_options=jsonschema_rs.RegexOptions(),
    )

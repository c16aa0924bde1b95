"""The outer form of documents and libraries: `schemas/form.schema.json`, with readable faults."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from gridql.forms import pointer as json_pointer
from gridql.forms.faults import FormFault
from gridql.forms.source import Source

Where = tuple[str, str, str]
"""Pointer, reason, proposal."""


class Structure:
    """Judges files by the meta-schema; the same verdict from both validators, words from one."""

    def __init__(
        self, schema: dict[str, Any], *, quick: jsonschema_rs.Draft202012Validator
    ) -> None:
        self._readable = Draft202012Validator(schema)
        self._quick = quick

    def faults(self, source: Source) -> list[FormFault]:
        """Every fault of `source` against the meta-schema."""
        if self._quick.is_valid(source.raw):
            return []
        found = [where for error in self._readable.iter_errors(source.raw) for where in _say(error)]
        # Where a part fails, all of its members count as unevaluated: only alone does that mean
        # what it says.
        told = [each for each in found if each[2] != UNEVALUATED] or found
        return [source.fault(*each) for each in told]


@cache
def structures(shared: Path) -> tuple[Structure, Structure]:
    """How form documents and how libraries have to look, from the folder of bundled schemas."""
    schema = json.loads((shared / "form.schema.json").read_bytes())
    library = {
        "$schema": schema["$schema"],
        "$ref": "#/$defs/library",
        "$defs": schema["$defs"],
    }
    return _structure(schema), _structure(library)


def _structure(schema: dict[str, Any]) -> Structure:
    quick = jsonschema_rs.Draft202012Validator(
        schema, offline=True, pattern_options=jsonschema_rs.RegexOptions()
    )
    return Structure(schema, quick=quick)


UNEVALUATED = "Leave out what schemas/form.schema.json does not name."


def _say(error: ValidationError) -> Iterator[Where]:
    if error.context:
        for inner in error.context:
            yield from _say(inner)
        return
    at = json_pointer.of(error.absolute_path)
    keyword = str(error.validator)
    value: Any = error.validator_value
    it: Any = error.instance
    if keyword == "required":
        for name in value:
            if name not in it:
                yield f"{at}/{name}", "it is missing", f"Add `{name}`."
    elif keyword == "additionalProperties" and value is False:
        schema: Any = error.schema
        members = schema.get("properties", {})
        for name in it.keys() - members.keys():
            known = ", ".join(members)
            yield json_pointer.join(at, name), "it is not known here", f"Known are {known}."
    elif keyword == "unevaluatedProperties":
        yield at, "it has members that are not known here", UNEVALUATED
    elif keyword in _SAYINGS:
        reason, proposal = _SAYINGS[keyword](value, it)
        yield at, reason, proposal
    else:
        yield at, f"it does not fulfil `{keyword}`", f"See {keyword}: {json.dumps(value)[:200]}."


def _kinds(value: Any) -> str:
    return " or ".join(value) if isinstance(value, list) else str(value)


_SAYINGS: dict[str, Callable[[Any, Any], tuple[str, str]]] = {
    "type": lambda value, _: ("it is of the wrong type", f"Write one of type {_kinds(value)}."),
    "enum": lambda value, _: (
        "it is none of the values that there are",
        f"Write one of {', '.join(map(str, value))}.",
    ),
    "const": lambda value, _: ("it has another value than it must", f"Write {json.dumps(value)}."),
    "pattern": lambda value, it: (f"{it!r} has the wrong form", f"It has to match {value}"),
    "minLength": lambda *_: ("the text is empty", "Write one."),
    "maxLength": lambda value, _: ("the text is too long", f"Keep it to {value} characters."),
    "minimum": lambda value, _: ("the number is too small", f"At least {value}."),
    "maximum": lambda value, _: ("the number is too large", f"At most {value}."),
    "exclusiveMinimum": lambda value, _: ("the number is too small", f"More than {value}."),
    "minItems": lambda value, _: ("the list is too short", f"At least {value}."),
    "maxItems": lambda value, _: ("the list is too long", f"At most {value}."),
    "minProperties": lambda value, _: ("it is empty", f"At least {value}."),
    "maxProperties": lambda value, _: ("it has too many members", f"At most {value}."),
    "uniqueItems": lambda *_: ("something stands in it twice", "Leave one of them out."),
}

"""Bundling: a form's schema with everything that it refers to, so that it stands alone."""

from __future__ import annotations

import re
from typing import Any

import orjson

from gridql.errors import Lang
from gridql.forms import pointer as json_pointer
from gridql.forms.faults import FormRejected
from gridql.forms.references import Node, Shelf, root_of
from gridql.forms.simple import INT_RANGE
from gridql.forms.source import MAX_BYTES, MAX_LEVELS, Source

MAX_PARTS = 20_000
MAX_NESTED = MAX_LEVELS // 2
"""Each value within another takes two levels of JSON: `properties` and its name."""
_INSIDE = frozenset({"properties", "items", "$defs"})
SHARED_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")


class Bundle:
    """One language of a form's schema, put together.

    `schema` stands alone: it refers only to `$defs` of its own, and these are the enumerations
    that forms share. What JSON Schema leaves open and GraphQL does not is said: objects are
    closed, integers have 32 bits.
    """

    def __init__(self, form: Source, shelf: Shelf, lang: Lang) -> None:
        self._shelf = shelf
        self._lang = lang
        self._parts = 0
        self._bytes = 0
        self._nested = 0
        self._open: list[tuple[Source, str]] = []
        self._defs: dict[str, Any] = {}
        self.shared: dict[str, str] = {}
        root = Node(form.by_lang[lang]["schema"], form, root_of(form))
        schema = self._value(root)
        schema.pop("$defs", None)
        self.schema: dict[str, Any] = schema | ({"$defs": self._defs} if self._defs else {})

    def _value(self, node: Node) -> dict[str, Any]:
        if "$ref" in node.value:
            return self._referred(node)
        self._weigh(node)
        value = dict(node.value)
        self._nested += 1
        if value["type"] == "object":
            value["properties"] = {
                name: self._value(node.child("properties", name)) for name in value["properties"]
            }
            value["additionalProperties"] = False
        elif value["type"] == "array":
            value["items"] = self._value(node.child("items"))
        elif value["type"] == "integer":
            if not {"minimum", "exclusiveMinimum"} & value.keys():
                value["minimum"] = INT_RANGE.start
            if not {"maximum", "exclusiveMaximum"} & value.keys():
                value["maximum"] = INT_RANGE.stop - 1
        self._nested -= 1
        return value

    def _weigh(self, node: Node) -> None:
        """Refuse what references have made too large to be kept, shown and judged."""
        own = {key: part for key, part in node.value.items() if key not in _INSIDE}
        self._parts += 1
        self._bytes += len(orjson.dumps(own))
        limits = {
            f"has over {MAX_PARTS} parts": self._parts > MAX_PARTS,
            "is larger than 1 MB": self._bytes > MAX_BYTES,
            f"is nested more than {MAX_LEVELS} levels deep": self._nested == MAX_NESTED,
        }
        for excess, reached in limits.items():
            if reached:
                reason = f"with all that it refers to, the form {excess}"
                raise _refuse(node, reason, "Ask less at once, and repeat no large definition.")

    def _referred(self, node: Node) -> dict[str, Any]:
        target = self._translated(self._shelf.definition(node.value["$ref"], node.source))
        key = (target.source, target.pointer)
        if key in self._open:
            proposal = "Give the inner level a definition of its own, that ends somewhere."
            raise _refuse(node.child("$ref"), "the definition contains itself", proposal)
        beside = {name: value for name, value in node.value.items() if name != "$ref"}
        self._open.append(key)
        value = self._value(target)
        self._open.pop()
        origin = self._shelf.origin(target.source)
        name = target.pointer.rpartition("/")[2]
        if origin is None or not SHARED_NAME.fullmatch(name) or not is_enum(value):
            return {**value, **beside}
        if self.shared.setdefault(name, origin) != origin:
            reason = f"{self.shared[name]} and {origin} both define {name!r}"
            raise _refuse(node, reason, "Rename the one in your own library.")
        self._defs[name] = value
        return {"$ref": f"#/$defs/{name}", **beside}

    def _translated(self, node: Node) -> Node:
        tokens = json_pointer.split(node.pointer)
        value = json_pointer.follow(node.source.by_lang[self._lang], tokens)
        return Node(value, node.source, node.pointer)


def _refuse(node: Node, reason: str, proposal: str) -> FormRejected:
    return FormRejected([node.source.fault(node.pointer, reason, proposal)])


def is_enum(value: dict[str, Any]) -> bool:
    """Whether a bundled value is a choice between names."""
    return value.get("type") == "string" and bool({"oneOf", "enum"} & value.keys())

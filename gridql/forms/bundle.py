"""Bundling: a form's schema with everything that it refers to, so that it stands alone."""

from __future__ import annotations

import re
from typing import Any

from gridql.errors import Lang
from gridql.forms import pointer as json_pointer
from gridql.forms.faults import FormRejected
from gridql.forms.references import Node, Shelf, root_of
from gridql.forms.source import MAX_LEVELS, Source
from gridql.forms.subset import INT_RANGE

MAX_NODES = 20_000
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
        self._nodes = 0
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
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _refuse(node, f"with all that it refers to, the form has over {MAX_NODES} parts")
        value = dict(node.value)
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
        return value

    def _referred(self, node: Node) -> dict[str, Any]:
        target = self._translated(self._shelf.definition(node.value["$ref"], node.source))
        key = (target.source, target.pointer)
        if key in self._open:
            raise _refuse(node, "the definition contains itself")
        if len(self._open) == MAX_LEVELS:
            raise _refuse(node, f"definitions refer to one another over {MAX_LEVELS} levels")
        beside = {name: value for name, value in node.value.items() if name != "$ref"}
        self._open.append(key)
        value = self._value(target)
        self._open.pop()
        origin = self._shelf.origin(target.source)
        name = target.pointer.rpartition("/")[2]
        if origin is None or not SHARED_NAME.fullmatch(name) or not is_enum(value):
            return {**value, **beside}
        if self.shared.setdefault(name, origin) != origin:
            raise _refuse(node, f"{self.shared[name]} and {origin} both define {name!r}")
        self._defs[name] = value
        return {"$ref": f"#/$defs/{name}", **beside}

    def _translated(self, node: Node) -> Node:
        tokens = json_pointer.split(node.pointer)
        value = json_pointer.follow(node.source.by_lang[self._lang], tokens)
        return Node(value, node.source, node.pointer)


def _refuse(node: Node, reason: str) -> FormRejected:
    proposal = "Flatten its groups of questions, and refer to each definition where it is used."
    return FormRejected([node.source.fault(node.pointer, reason, proposal)])


def is_enum(value: dict[str, Any]) -> bool:
    """Whether a bundled value is a choice between names."""
    return value.get("type") == "string" and bool({"oneOf", "enum"} & value.keys())

"""The typed subset: what a value of a form may be, so that it can be a GraphQL type as well."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

import jsonschema_rs

from gridql.forms.conditions import Conditions
from gridql.forms.faults import FormFault
from gridql.forms.references import HOW, Dangling, Node, Shelf

PROPERTY_NAME = re.compile(r"[a-z][A-Za-z0-9]{0,59}")
ENUM_VALUE = re.compile(r"[A-Z][A-Z0-9_]*")
FORMATS = ("date", "date-time", "time", "email", "uri", "uuid")
INT_RANGE = range(-(2**31), 2**31)
"""GraphQL's Int has 32 bits."""

ANNOTATIONS = frozenset({"title", "description", "default", "examples", "$comment"})
_BOUNDS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
_CHOICE = {"oneOf", "enum", "const"}
KEYWORDS = {
    "string": frozenset({"format", "minLength", "maxLength", "pattern"} | _CHOICE),
    "integer": frozenset(_BOUNDS | _CHOICE),
    "number": frozenset(_BOUNDS | _CHOICE),
    "boolean": frozenset(_CHOICE),
    "array": frozenset({"items", "minItems", "maxItems", "uniqueItems", "itemKey"}),
    "object": frozenset(
        {"properties", "required", "additionalProperties", "dependentRequired"}
        | {"if", "then", "else", "allOf"}
    ),
}
_HINTS = {"properties": "object", "items": "array", "format": "string", "pattern": "string"}
_INSTEAD = {
    "nullable": "Leave it out: an optional question is simply not in `required`.",
    "anyOf": "Say with `if`/`then` in the object around it which answers belong together.",
    "not": "Say with `if`/`then` in the object around it which answers belong together.",
    "patternProperties": "Name every question in `properties`.",
    "prefixItems": "Use an object with a named question for each place.",
    "enumNames": 'Use "oneOf": [{"const": "VALUE", "title": "…"}].',
    "definitions": "Write `$defs`.",
    "dependencies": "Use `dependentRequired`, or `if` and `then`.",
    "$schema": "Leave it out: it is always Draft 2020-12.",
    "$id": "Leave it out: a form is named by its document.",
}


class Subset:
    """Walks values of a schema and collects every fault of the subset."""

    def __init__(self, shelf: Shelf) -> None:
        self.faults: list[FormFault] = []
        self._shelf = shelf
        self._conditions = Conditions(shelf, self._fault)

    def form(self, schema: Node) -> None:
        """Check the schema of a form: an object with questions, and its own definitions."""
        if not isinstance(schema.value, dict):
            return
        if schema.value.get("type") != "object":
            self._fault(schema, "the answers are not an object", 'Add "type": "object".', "type")
            return
        self.value(schema, root=True)
        self.definitions(schema)

    def definitions(self, holder: Node) -> None:
        """Check the values in `$defs`."""
        defs = holder.value.get("$defs", {})
        for key in defs if isinstance(defs, dict) else ():
            self.value(holder.child("$defs", key))

    def condition(self, condition: Node, questions: Node) -> None:
        """Check a condition over the answers that `questions` describes."""
        self._conditions.check(condition, questions)

    def value(self, node: Node, *, root: bool = False) -> None:
        """Check one value, and those inside it."""
        schema = node.value
        if not isinstance(schema, dict):
            self._fault(node, "it has no type", 'Describe the answer: {"type": "string"}, say.')
            return
        if "$ref" in schema:
            self._reference(node)
            return
        kind = schema.get("type")
        if not isinstance(kind, str) or kind not in KEYWORDS:
            self._untyped(node, kind)
            return
        allowed = KEYWORDS[kind] | ANNOTATIONS | {"type"} | ({"$defs"} if root else set())
        for key in schema:
            if key not in allowed:
                self._unsupported(node.child(key), key, kind, allowed)
        self._choices(node, kind)
        if kind == "object":
            self._object(node)
        elif kind == "array":
            self._array(node)
        elif kind == "string":
            self._string(node)
        elif kind == "integer":
            self._integer(node)

    def _reference(self, node: Node) -> None:
        for key in node.value.keys() - ANNOTATIONS - {"$ref"}:
            self._fault(
                node.child(key),
                f"`{key}` cannot stand beside `$ref`",
                "Only a title, description, default or examples may be changed there.",
            )
        try:
            self._shelf.resolve(node)
        except Dangling as dangling:
            self._fault(node.child("$ref"), str(dangling), HOW)

    def _untyped(self, node: Node, kind: object) -> None:
        if isinstance(kind, list):
            one = next((each for each in kind if each != "null"), "string")
            proposal = f'Write "type": "{one}"; an optional question is not in `required`.'
            self._fault(node, "it has more than one type", proposal, "type")
            return
        likely = next((_HINTS[key] for key in node.value if key in _HINTS), "string")
        reason = "it has no type" if kind is None else f"there is no type {kind!r}"
        choice = ", ".join(KEYWORDS)
        self._fault(node, reason, f'Add "type": "{likely}", or another of {choice}.', "type")

    def _unsupported(self, node: Node, key: str, kind: str, allowed: frozenset[str]) -> None:
        near = get_close_matches(key, allowed, n=1)
        guess = f"Did you mean `{near[0]}`?" if near else "Leave it out."
        self._fault(node, f"`{key}` is not supported on type {kind!r}", _INSTEAD.get(key, guess))

    def _object(self, node: Node) -> None:
        schema = node.value
        questions = schema.get("properties")
        if not isinstance(questions, dict) or not questions:
            self._fault(node, "the object has no questions", "Name them in `properties`.")
            return
        if schema.get("additionalProperties", False) is not False:
            self._fault(
                node.child("additionalProperties"),
                "answers to unnamed questions would have no type",
                "Write false, and name every question in `properties`.",
            )
        for name in questions:
            if not PROPERTY_NAME.fullmatch(name):
                self._fault(
                    node.child("properties", name),
                    f"{name!r} is no name for a question",
                    "Start with a small letter, then up to 59 letters and digits: camelCase.",
                )
            self.value(node.child("properties", name))
        self._conditions.names(node, "required", node)
        self._conditions.branches(node, node)
        for index in range(len(_list(schema.get("allOf")))):
            self._conditions.branches(node.child("allOf", index), node)

    def _array(self, node: Node) -> None:
        if "items" not in node.value:
            self._fault(node, "the items have no type", "Describe them in `items`.", "items")
            return
        items = node.child("items")
        self.value(items)
        try:
            item = self._shelf.resolve(items)
        except Dangling:
            return
        kind = item.value.get("type") if isinstance(item.value, dict) else None
        if kind == "array":
            self._fault(items, "a list of lists has no type", "Let the items be objects.")
        key = node.value.get("itemKey")
        told_apart = self._shelf.question(item, [key]) if isinstance(key, str) else None
        if kind == "object" and (
            told_apart is None
            or key not in _list(item.value.get("required"))
            or told_apart.value.get("type") not in ("string", "integer")
        ):
            self._fault(
                node,
                "the items of the list cannot be told apart",
                'Name a required question, text or integer: "itemKey": "number".',
                "itemKey",
            )
        if kind not in ("object", None) and key is not None:
            self._fault(node.child("itemKey"), "the items have no questions", "Leave it out.")

    def _string(self, node: Node) -> None:
        form = node.value.get("format")
        if form is not None and form not in FORMATS:
            proposal = f"Use one of {', '.join(FORMATS)}, or a `pattern`."
            self._fault(node.child("format"), f"there is no format {form!r}", proposal)
        pattern = node.value.get("pattern")
        if isinstance(pattern, str) and not linear(pattern):
            self._fault(
                node.child("pattern"),
                "the pattern is no regular expression that can be judged in linear time",
                "Leave out look-around and back-references, and keep repeats below some hundreds.",
            )

    def _integer(self, node: Node) -> None:
        for key in _BOUNDS & node.value.keys():
            bound = node.value[key]
            if isinstance(bound, (int, float)) and not (INT_RANGE.start <= bound < INT_RANGE.stop):
                proposal = "Use type 'number' for more, or a string for codes and telephones."
                self._fault(node.child(key), "GraphQL's integers have 32 bits", proposal)

    def _choices(self, node: Node, kind: str) -> None:
        choices = [
            node.child("oneOf", n, "const")
            for n, each in enumerate(_list(node.value.get("oneOf")))
            if isinstance(each, dict) and "const" in each
        ]
        choices += [node.child("enum", n) for n in range(len(_list(node.value.get("enum"))))]
        seen: list[Any] = []
        for choice in choices:
            value = choice.value
            if any(value == each and type(value) is type(each) for each in seen):
                self._fault(choice, f"{value!r} stands twice", "Leave one of them out.")
            seen.append(value)
            if kind == "string" and isinstance(value, str):
                if not ENUM_VALUE.fullmatch(value) or len(value) > 60:
                    self._fault(choice, f"{value!r} is no value of an enumeration", _enum(value))
            elif not is_a(value, kind):
                self._fault(choice, f"{value!r} is not of type {kind!r}", "Change one of the two.")

    def _fault(self, node: Node, reason: str, proposal: str, key: str | None = None) -> None:
        pointer = node.pointer if key is None else f"{node.pointer}/{key}"
        self.faults.append(node.source.fault(pointer, reason, proposal))


def linear(pattern: str) -> bool:
    """Whether the engine without backtracking takes `pattern`."""
    try:
        jsonschema_rs.Draft202012Validator(
            {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions()
        )
    except ValueError:
        return False
    return True


def is_a(value: object, kind: str) -> bool:
    """Whether a JSON value is of the JSON Schema type `kind`, one of the simple four."""
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, str):
        return kind == "string"
    if isinstance(value, float):
        return kind == "number" or (kind == "integer" and value.is_integer())
    return isinstance(value, int) and kind in ("integer", "number")


def _enum(value: str) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", value))
    shout = words.strip("_").upper()
    if ENUM_VALUE.fullmatch(shout):
        return f"Write {shout!r}."
    return "Use capital letters, digits and '_', and put the words into its `title`."


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []

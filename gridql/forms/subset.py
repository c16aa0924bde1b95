"""The typed subset: what a value of a form may be, so that it can be a GraphQL type as well."""

from __future__ import annotations

import re
from difflib import get_close_matches

from gridql.forms.conditions import Conditions
from gridql.forms.faults import FormFault
from gridql.forms.references import HOW, Dangling, Node, Shelf
from gridql.forms.simple import BOUNDS, default, listed, told_of

PROPERTY_NAME = re.compile(r"[a-z][A-Za-z0-9]{0,59}")

ANNOTATIONS = frozenset({"title", "description", "default", "examples", "$comment"})
_CHOICE = {"oneOf", "enum", "const"}
KEYWORDS = {
    "string": frozenset({"format", "minLength", "maxLength", "pattern"} | _CHOICE),
    "integer": BOUNDS | _CHOICE,
    "number": BOUNDS | _CHOICE,
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
        for told in told_of(node, kind):
            self._fault(*told)
        if kind == "object":
            self._object(node)
        elif kind == "array":
            self._array(node)

    def _reference(self, node: Node) -> None:
        for key in node.value.keys() - ANNOTATIONS - {"$ref"}:
            self._fault(
                node.child(key),
                f"`{key}` cannot stand beside `$ref`",
                "Only a title, description, default or examples may be changed there.",
            )
        try:
            target = self._shelf.resolve(node)
        except Dangling as dangling:
            self._fault(node.child("$ref"), str(dangling), HOW)
            return
        if isinstance(target.value, dict):
            for told in default(node, target.value):
                self._fault(*told)

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
                    _camel(name),
                )
            self.value(node.child("properties", name))
        self._conditions.names(node, "required", node)
        self._conditions.branches(node, node)
        for index in range(len(listed(schema.get("allOf")))):
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
            or key not in listed(item.value.get("required"))
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

    def _fault(self, node: Node, reason: str, proposal: str, key: str | None = None) -> None:
        pointer = node.pointer if key is None else f"{node.pointer}/{key}"
        self.faults.append(node.source.fault(pointer, reason, proposal))


def _camel(name: str) -> str:
    first, *rest = re.findall(r"[A-Za-z0-9]+", name) or [""]
    better = first[:1].lower() + first[1:] + "".join(word[:1].upper() + word[1:] for word in rest)
    if PROPERTY_NAME.fullmatch(better):
        return f"Write {better!r}."
    return "Start with a small letter, then up to 59 letters and digits, and put words in `title`."

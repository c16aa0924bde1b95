"""Simple answers: texts, numbers and choices as GraphQL carries them and people can give them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gridql.forms.patterns import obstacle
from gridql.forms.references import Node

Told = tuple[Node, str, str]
"""What is wrong: where, the reason, a proposal."""

ENUM_VALUE = re.compile(r"[A-Z][A-Z0-9_]{0,59}")
FORMATS = ("date", "date-time", "time", "email", "uri", "uuid")
INT_RANGE = range(-(2**31), 2**31)
"""GraphQL's Int has 32 bits."""

BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
_OPPOSED = (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"))


def told_of(node: Node, kind: str) -> Iterator[Told]:
    """Everything that is wrong with the value of type `kind` itself, not with what is inside it."""
    yield from _choices(node, kind)
    if kind == "string":
        yield from _text(node)
    elif kind == "integer":
        yield from _size(node)
    yield from _opposed(node)
    yield from default(node, node.value)


def default(node: Node, question: dict[str, Any]) -> Iterator[Told]:
    """Whether the `default` at `node` is an answer to `question`."""
    given, kind, known = node.value.get("default"), question.get("type"), choices(question)
    if given is None or kind not in ("string", "integer", "number", "boolean"):
        return
    if not is_a(given, kind) or (known is not None and given not in known):
        proposal = "Write one of its answers, or leave it out."
        yield node.child("default"), f"{given!r} is no answer to the question", proposal


def choices(question: dict[str, Any]) -> list[Any] | None:
    """The answers that a question offers, or None when it is not a choice."""
    if isinstance(question.get("oneOf"), list):
        return [each.get("const") for each in question["oneOf"] if isinstance(each, dict)]
    if isinstance(question.get("enum"), list):
        return list(question["enum"])
    return [True, False] if question.get("type") == "boolean" else None


def is_a(value: object, kind: str) -> bool:
    """Whether a JSON value is of the JSON Schema type `kind`, one of the simple four."""
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, str):
        return kind == "string"
    if isinstance(value, float):
        return kind == "number" or (kind == "integer" and value.is_integer())
    return isinstance(value, int) and kind in ("integer", "number")


def _choices(node: Node, kind: str) -> Iterator[Told]:
    if "oneOf" in node.value and "enum" in node.value:
        proposal = "Leave out `enum`: `oneOf` has the titles."
        yield node.child("enum"), "`oneOf` names the choices already", proposal
    offered = [
        node.child("oneOf", n, "const")
        for n, each in enumerate(listed(node.value.get("oneOf")))
        if isinstance(each, dict) and "const" in each
    ]
    offered += [node.child("enum", n) for n in range(len(listed(node.value.get("enum"))))]
    seen: list[Any] = []
    for choice in offered:
        value = choice.value
        if any(value == each and type(value) is type(each) for each in seen):
            yield choice, f"{value!r} stands twice", "Leave one of them out."
        seen.append(value)
        if kind == "string" and isinstance(value, str) and not ENUM_VALUE.fullmatch(value):
            yield choice, f"{value!r} is no value of an enumeration", _enum(value)
    for one in offered + ([node.child("const")] if "const" in node.value else []):
        if not is_a(one.value, kind):
            yield one, f"{one.value!r} is not of type {kind!r}", "Change one of the two."
        elif kind == "integer" and one.value not in INT_RANGE:
            yield one, *_TOO_LARGE


def _text(node: Node) -> Iterator[Told]:
    form = node.value.get("format")
    if form is not None and form not in FORMATS:
        proposal = f"Use one of {', '.join(FORMATS)}, or a `pattern`."
        yield node.child("format"), f"there is no format {form!r}", proposal
    pattern = node.value.get("pattern")
    wrong = obstacle(pattern) if isinstance(pattern, str) else None
    if wrong:
        yield node.child("pattern"), *wrong


def _size(node: Node) -> Iterator[Told]:
    for key in BOUNDS & node.value.keys():
        bound = node.value[key]
        if isinstance(bound, (int, float)) and not (INT_RANGE.start <= bound < INT_RANGE.stop):
            yield node.child(key), *_TOO_LARGE


def _opposed(node: Node) -> Iterator[Told]:
    for low, high in _OPPOSED:
        least, most = node.value.get(low), node.value.get(high)
        if is_a(least, "number") and is_a(most, "number") and least > most:
            reason = f"nothing is at least {least} and at most {most}"
            yield node.child(high), reason, f"Swap `{low}` and `{high}`, or leave one out."


_TOO_LARGE = (
    "GraphQL's integers have 32 bits",
    "Use type 'number' for more, or a string for codes and telephones.",
)


def _enum(value: str) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", value))
    shout = words.strip("_").upper()
    if ENUM_VALUE.fullmatch(shout):
        return f"Write {shout!r}."
    return "Use capital letters, digits and '_', and put the words into its `title`."


def listed(value: object) -> list[Any]:
    """`value` when it is a list, else an empty one."""
    return value if isinstance(value, list) else []

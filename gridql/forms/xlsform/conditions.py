"""From expressions of an XLSForm to conditions of a form, and to limits of one answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridql.forms.patterns import obstacle
from gridql.forms.version import Schema
from gridql.forms.xlsform.expressions import (
    MIRRORED,
    Call,
    Expression,
    Itself,
    Literal,
    Reference,
    Unmappable,
)

Condition = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that an expression is about: where it lies, what it takes."""

    path: Sequence[str]
    schema: Schema
    choices: Mapping[str, str]
    """Its choices: what the spreadsheet calls them, and what the form does."""


Find = Callable[[str], Asked]
"""The question of that name; raises Unmappable where there is none within reach."""

_BOUNDS = {">=": "minimum", "<=": "maximum", ">": "exclusiveMinimum", "<": "exclusiveMaximum"}


def condition(expression: Expression, find: Find) -> Condition:
    """What `expression` says, as a condition on the object that the paths of `find` begin in."""
    match expression:
        case Call("and", (left, right)):
            return {"allOf": [condition(left, find), condition(right, find)]}
        case Call("or", (left, right)):
            return {"anyOf": [condition(left, find), condition(right, find)]}
        case Call("not", (inner,)):
            return {"not": condition(inner, find)}
        case Call("selected", (Reference(name), Literal(value))):
            return _selected(find(name), value)
        case Call(operator, (left, right)) if operator in MIRRORED:
            return _compared(operator, left, right, find)
    raise Unmappable(_foreign(expression))


def limits(expression: Expression, asked: Asked) -> tuple[Schema, list[str]]:
    """The keywords that a constraint comes to, and what of it has no counterpart."""
    if isinstance(expression, Call) and expression.name == "and":
        found: Schema = {}
        lost: list[str] = []
        for part in expression.arguments:
            some, missing = limits(part, asked)
            lost += missing + [
                f"two limits of the same kind ({key})" for key in some if key in found
            ]
            found |= {key: value for key, value in some.items() if key not in found}
        return found, lost
    try:
        return _limit(expression, asked), []
    except Unmappable as unmappable:
        return {}, [str(unmappable)]


_WHOLE = re.compile(r"\^[^|\\]*\$")
"""A pattern that matches the whole answer as it is, as all have to; `^a|b$` does not."""


def _limit(expression: Expression, asked: Asked) -> Schema:
    kind = asked.schema["type"]
    match expression:
        case Call("regex", (Itself(), Literal(str() as pattern))) if kind == "string":
            whole = pattern if _WHOLE.fullmatch(pattern) else f"^(?:{pattern})$"
            wrong = obstacle(whole)
            if wrong:
                raise Unmappable(f"of the pattern {pattern!r}: {wrong[0]}")
            return {"pattern": whole}
        case Call(operator, (left, right)) if operator in MIRRORED:
            if isinstance(left, Literal):
                operator, left, right = MIRRORED[operator], right, left
            number = _number(right)
            match left:
                case Itself() if kind in ("integer", "number") and operator in _BOUNDS:
                    return {_BOUNDS[operator]: number}
                case Call("string-length", (Itself(),)) if kind == "string":
                    return _size("Length", operator, number)
                case Call("count-selected", (Itself(),)) if kind == "array":
                    return _size("Items", operator, number)
    raise Unmappable(_foreign(expression))


def _compared(operator: str, left: Expression, right: Expression, find: Find) -> Condition:
    if isinstance(left, Literal):
        operator, left, right = MIRRORED[operator], right, left
    match left, right:
        case Reference(name), Literal(""):
            there = _at(find(name).path, {})
            return _equal_or_not(operator, {"not": there}, there)
        case Reference(name), Literal(value):
            asked = find(name)
            if operator in ("=", "!="):
                equal = _at(asked.path, {"const": _value(asked, value)})
                return _equal_or_not(operator, equal, {"not": equal})
            if asked.schema["type"] in ("integer", "number"):
                return _at(asked.path, {_BOUNDS[operator]: _number(right)})
        case Call("count-selected", (Reference(name),)), Literal():
            asked = find(name)
            if asked.schema["type"] == "array":
                return _sized(asked, _size("Items", operator, _number(right)))
        case Call("string-length", (Reference(name),)), Literal():
            asked = find(name)
            if asked.schema["type"] == "string":
                return _sized(asked, _size("Length", operator, _number(right)))
        case Call("selected"), Literal(value):
            # selected(…) = 'true' and the like
            if value in ("true", "false") and operator == "=":
                inner = condition(left, find)
                return inner if value == "true" else {"not": inner}
    raise Unmappable(_foreign(Call(operator, (left, right))))


def _equal_or_not(operator: str, equal: Condition, unequal: Condition) -> Condition:
    if operator not in ("=", "!="):
        raise Unmappable("more or less than nothing")
    return equal if operator == "=" else unequal


def _selected(asked: Asked, value: str | float) -> Condition:
    leaf = {"const": _value(asked, value)}
    many = asked.schema["type"] == "array"
    return _at(asked.path, {"contains": leaf} if many else leaf)


def _value(asked: Asked, value: str | float) -> Any:
    """The answer to a question that an expression calls `value`."""
    if asked.choices:
        text = f"{value:g}" if isinstance(value, float) else value
        if text not in asked.choices:
            raise Unmappable(f"{text!r} is not among the choices")
        return asked.choices[text]
    kind = asked.schema["type"]
    if kind in ("integer", "number"):
        return _number(Literal(value))
    if kind == "boolean" and value == "OK":
        return True
    if kind == "string" and "format" not in asked.schema and isinstance(value, str):
        return value
    raise Unmappable(f"a comparison of an answer of type {kind} with {value!r}")


def _at(path: Sequence[str], leaf: Condition) -> Condition:
    """That there is an answer at `path` for which `leaf` holds."""
    for name in reversed(path):
        leaf = {"properties": {name: leaf}, "required": [name]} if leaf else {"required": [name]}
    return leaf


def _sized(asked: Asked, size: Schema) -> Condition:
    """That an answer is of that size; one that is missing has the size 0."""
    there = _at(asked.path, size)
    if any(key.startswith("min") and least > 0 for key, least in size.items()):
        return there
    return {"anyOf": [{"not": _at(asked.path, {})}, there]}


def _size(what: str, operator: str, number: float) -> Schema:
    if number != int(number) or number < 0:
        raise Unmappable(f"a size of {number:g}")
    size = int(number)
    match operator:
        case "=":
            return {f"min{what}": size, f"max{what}": size}
        case ">=" | ">":
            return {f"min{what}": size + (operator == ">")}
        case "<=" | "<" if size - (operator == "<") >= 0:
            return {f"max{what}": size - (operator == "<")}
    raise Unmappable(f"a size {operator} {size}")


def _number(expression: Expression) -> float:
    if isinstance(expression, Literal):
        try:
            number = float(expression.value)
        except ValueError:
            raise Unmappable(f"{expression.value!r} is no number") from None
        return int(number) if number.is_integer() else number
    raise Unmappable(_foreign(expression))


def _foreign(expression: Expression) -> str:
    """What of an expression has no counterpart."""
    match expression:
        case Reference(name):
            return f"a comparison with the answer to {name!r}"
        case Call(operator, (left, right)) if operator in MIRRORED:
            for each in (left, right):
                if isinstance(each, Call) and each.name not in _MEASURING:
                    return _foreign(each)
            if isinstance(left, Reference) and isinstance(right, Reference):
                return "a comparison of two answers"
            return f"the comparison {operator!r} there"
        case Call("and" | "or" | "not" as word, _):
            return f"`{word}` there"
        case Call(name, _):
            return f"the function {name}()"
    return "what no condition of a form can say"


_MEASURING = ("count-selected", "string-length")

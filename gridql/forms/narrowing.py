"""Whether one schema of a form takes everything that another does, and where it does not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gridql.forms import pointer as json_pointer
from gridql.forms.simple import INT_RANGE, listed
from gridql.forms.version import Schema

_INT_LIMITS = (INT_RANGE.start, INT_RANGE.stop - 1)
"""What bundling writes into an integer without limits."""


class Difference(NamedTuple):
    """One thing that two schemas see differently."""

    narrower: bool
    """Whether the new one refuses, or drops, what the old one took."""
    at: str
    """JSON Pointer into the answers; `-` stands for every item of a list."""
    what: str


def differences(old: Schema, new: Schema) -> Iterator[Difference]:
    """How `new` takes answers otherwise than `old` does; both are bundled schemas of a form.

    What cannot be told for sure counts as narrower: what is not listed as narrower is not.
    """
    return _Comparison(old.get("$defs", {}), new.get("$defs", {})).value(old, new, "")


class _Comparison:
    """Two schemas, each with its own shared definitions."""

    def __init__(self, old_defs: Mapping[str, Schema], new_defs: Mapping[str, Schema]) -> None:
        self._old_defs = old_defs
        self._new_defs = new_defs

    def value(self, old: Schema, new: Schema, at: str) -> Iterator[Difference]:
        """Compare what is taken at one place of the answers."""
        old, new = _resolved(old, self._old_defs), _resolved(new, self._new_defs)
        kinds = (old["type"], new["type"])
        if kinds == ("integer", "number"):
            yield Difference(False, at, "takes any number now, not only whole ones")
            old = {key: each for key, each in old.items() if each not in _INT_LIMITS}
        elif kinds[0] != kinds[1]:
            yield Difference(True, at, f"is of type {kinds[1]} now, not {kinds[0]}")
            return
        if kinds[0] == "object":
            yield from self._object(old, new, at)
        elif kinds[0] == "array":
            yield from _limits(old, new, at)
            yield from self.value(old["items"], new["items"], json_pointer.join(at, "-"))
            if old.get("itemKey") != new.get("itemKey"):
                yield Difference(True, at, f"items are told apart by {new.get('itemKey')!r} now")
        else:
            yield from _choices(old, new, at)
            yield from _limits(old, new, at)

    def _object(self, old: Schema, new: Schema, at: str) -> Iterator[Difference]:
        before, after = old["properties"], new["properties"]
        needed = set(new.get("required", ()))
        renamed = self._renamed(before, after)
        for name in before:
            where = json_pointer.join(at, name)
            if name in renamed:
                yield Difference(True, where, f"is called {renamed[name]!r} now")
            elif name not in after:
                yield Difference(True, where, "is not asked any more")
            else:
                yield from self.value(before[name], after[name], where)
                if name in needed and name not in old.get("required", ()):
                    yield Difference(True, where, "has to be answered now")
                elif name not in needed and name in old.get("required", ()):
                    yield Difference(False, where, "may be left out now")
        for name in after:
            if name not in before and name not in renamed.values():
                how = "is new, and has to be answered" if name in needed else "is new"
                yield Difference(name in needed, json_pointer.join(at, name), how)
        yield from _conditions(old, new, at)
        yield from _dependent(old, new, at)

    def _renamed(self, before: Mapping[str, Schema], after: Mapping[str, Schema]) -> dict[str, str]:
        """The questions that seem to have a new name only: same title, same type."""
        gone = {name: _resolved(before[name], self._old_defs) for name in before.keys() - after}
        come = {name: _resolved(after[name], self._new_defs) for name in after.keys() - before}
        found: dict[str, str] = {}
        for name in sorted(gone):
            for other in sorted(come.keys() - found.values()):
                if "title" in gone[name] and _called(gone[name]) == _called(come[other]):
                    found[name] = other
                    break
        return found


def _resolved(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    if "$ref" not in schema:
        return schema
    return {**definitions[schema["$ref"].rpartition("/")[2]], **schema}


def _called(question: Schema) -> tuple[str, str | None]:
    return question["type"], question.get("title")


def _choices(old: Schema, new: Schema, at: str) -> Iterator[Difference]:
    before, after = _offered(old), _offered(new)
    if after is None:
        if before is not None:
            yield Difference(False, at, "takes any answer of its type now")
        return
    if before is None:
        yield Difference(True, at, f"takes only {_named(after)} now")
        return
    gone = [each for each in before if each not in after]
    come = [each for each in after if each not in before]
    if gone:
        yield Difference(True, at, f"{_named(gone)} cannot be chosen any more")
    if come:
        yield Difference(False, at, f"{_named(come)} can be chosen too")


def _offered(schema: Schema) -> list[Any] | None:
    """The answers that there are to choose from; None where any of the type is taken."""
    if "const" in schema:
        return [schema["const"]]
    if "oneOf" in schema:
        return [each["const"] for each in schema["oneOf"]]
    if "enum" in schema:
        return list(schema["enum"])
    return [False, True] if schema["type"] == "boolean" else None


def _named(values: list[Any]) -> str:
    return ", ".join(str(each).lower() if isinstance(each, bool) else str(each) for each in values)


def _limits(old: Schema, new: Schema, at: str) -> Iterator[Difference]:
    for least, most, what in (
        ("minLength", "maxLength", "characters"),
        ("minItems", "maxItems", "items"),
    ):
        yield from _at_least(old.get(least, 0), new.get(least, 0), at, f" {what}")
        yield from _at_most(old.get(most, math.inf), new.get(most, math.inf), at, f" {what}")
    if new["type"] in ("integer", "number"):
        yield from _at_least(_bound(old, 1), _bound(new, 1), at)
        yield from _at_most(-_bound(old, -1), -_bound(new, -1), at)
        yield from _multiples(old.get("multipleOf"), new.get("multipleOf"), at)
    for key, what in (("pattern", "form"), ("format", "format")):
        if old.get(key) == new.get(key):
            continue
        if key in new:
            yield Difference(True, at, f"has to have the {what} {new[key]!r} now")
        else:
            yield Difference(False, at, f"may have any {what} now")
    if new.get("uniqueItems", False) and not old.get("uniqueItems", False):
        yield Difference(True, at, "takes no item twice now")
    elif old.get("uniqueItems", False) and not new.get("uniqueItems", False):
        yield Difference(False, at, "may have an item twice now")


def _bound(schema: Schema, sign: int) -> float:
    """The least number that is taken, or with `sign` -1 the negative of the largest.

    A number that itself is not taken counts as a hair more than it is.
    """
    keys = ("minimum", "exclusiveMinimum") if sign > 0 else ("maximum", "exclusiveMaximum")
    closed: float = sign * schema.get(keys[0], -sign * math.inf)
    edge: float = sign * schema.get(keys[1], -sign * math.inf)
    whole = schema["type"] == "integer" and math.isfinite(edge)
    beyond = math.floor(edge) + 1 if whole else math.nextafter(edge, math.inf)
    return max(closed, beyond if math.isfinite(edge) else edge)


def _at_least(old: float, new: float, at: str, what: str = "") -> Iterator[Difference]:
    if new > old:
        yield Difference(True, at, f"has to be at least {new:.15g}{what} now")
    elif new < old:
        yield Difference(False, at, f"may be less than {old:.15g}{what} now")


def _at_most(old: float, new: float, at: str, what: str = "") -> Iterator[Difference]:
    if new < old:
        yield Difference(True, at, f"may be at most {new:.15g}{what} now")
    elif new > old:
        yield Difference(False, at, f"may be more than {old:.15g}{what} now")


def _multiples(old: float | None, new: float | None, at: str) -> Iterator[Difference]:
    if old == new:
        return
    if new is None:
        yield Difference(False, at, f"need not be a multiple of {old} any more")
    else:
        whole = isinstance(old, int) and isinstance(new, int) and old % new == 0
        yield Difference(not whole, at, f"has to be a multiple of {new} now")


def _dependent(old: Schema, new: Schema, at: str) -> Iterator[Difference]:
    before, after = old.get("dependentRequired", {}), new.get("dependentRequired", {})
    for name in sorted(before.keys() | after.keys()):
        needed, known = set(after.get(name, ())), set(before.get(name, ()))
        for other in sorted(needed - known):
            what = f"has to be answered now where {name!r} is"
            yield Difference(name in old["properties"], json_pointer.join(at, other), what)
        for other in sorted(known - needed):
            what = f"need not be answered any more where {name!r} is"
            yield Difference(False, json_pointer.join(at, other), what)


def _conditions(old: Schema, new: Schema, at: str) -> Iterator[Difference]:
    before, after = list(_branches(old)), list(_branches(new))
    come = [each for each in after if each not in before]
    gone = [each for each in before if each not in after]
    for each in come:
        about = ", ".join(sorted(set(_names(each["if"])))) or "the answers"
        if _felt(each, old):
            yield Difference(True, at, f"a condition on {about} is new, or another than it was")
        else:
            yield Difference(False, at, f"a condition on {about} is new, about new questions")
    if len(gone) > len(come):
        yield Difference(False, at, f"{len(gone) - len(come)} condition(s) are gone")


def _branches(schema: Schema) -> Iterator[Schema]:
    for part in (schema, *schema.get("allOf", ())):
        if "if" in part:
            yield {key: part[key] for key in ("if", "then", "else") if key in part}


def _felt(branch: Schema, old: Schema) -> bool:
    """Whether answers of before could feel a condition that is new."""
    outcomes = ["else"] if _unheard_of(branch["if"], old) else ["then", "else"]
    return any(_demands(branch.get(key, True), old) for key in outcomes)


def _unheard_of(condition: Any, old: Schema) -> bool:
    """Whether a condition is about what no answer of before can have; False when in doubt."""
    if not isinstance(condition, dict):
        return False
    questions = old["properties"]
    required = condition.get("required", ())
    if any(name not in questions for name in required):
        return True
    for name in required:
        part = condition.get("properties", {}).get(name, True)
        offered = _offered(questions[name]) if "type" in questions[name] else None
        if offered is not None and isinstance(part, dict) and {"const", "enum"} & part.keys():
            asked = [part["const"]] if "const" in part else part["enum"]
            if not any(each in offered for each in asked):
                return True
    return any(_unheard_of(part, old) for part in condition.get("allOf", ()))


def _demands(overlay: Any, old: Schema) -> bool:
    """Whether a `then` or `else` asks anything of answers of before, or takes something away."""
    if overlay is True or overlay == {}:
        return False
    if overlay is False or overlay.get("required"):
        return True
    known = {"properties", "required", "$comment"}
    if overlay.keys() - known:
        return True
    parts = overlay.get("properties", {})
    return any(name in old["properties"] and parts[name] not in (True, {}) for name in parts)


def _names(condition: Any) -> Iterator[str]:
    if isinstance(condition, dict):
        yield from condition.get("properties", {})
        yield from condition.get("required", ())
        yield from _names(condition.get("not"))
        for key in ("allOf", "anyOf", "oneOf"):
            for part in listed(condition.get(key)):
                yield from _names(part)

"""Answers as they are stored: in the form's order, without what was left open or switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gridql.forms.compiled import Condition, compiled
from gridql.forms.version import Schema

Settle = Callable[[Any], Any]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Branch:
    """Answers that are switched off where each of these conditions has come out as it says."""

    when: tuple[tuple[Condition, bool], ...]
    off: tuple[Path, ...]

    def prune(self, answers: dict[str, Any]) -> bool:
        """Take out what is switched off; whether there was any."""
        if any(condition.is_valid(answers) is not outcome for condition, outcome in self.when):
            return False
        return sum(_take_out(answers, path) for path in self.off) > 0


def settling(schema: Schema) -> Settle:
    """How answers to `schema` are settled before they are judged.

    Members come in the order of the form. `null` counts as no answer. 3.0 is 3 where an integer is
    asked for. What `then` or `else` forbids (`false`) is taken out, again and again until nothing
    more is switched off. What does not fit the form is left as it is, for the judge to name.
    """
    kind = schema.get("type")
    if kind == "object":
        return _object(schema)
    if kind == "array":
        item = settling(schema["items"])
        return lambda value: [item(each) for each in value] if isinstance(value, list) else value
    return _whole if kind == "integer" else _same


def _object(schema: Schema) -> Settle:
    members = {name: settling(value) for name, value in schema["properties"].items()}
    branches = tuple(_branches(schema))

    def settle(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        settled = {
            name: member(value[name])
            for name, member in members.items()
            if value.get(name) is not None
        }
        settled |= {name: each for name, each in value.items() if name not in members}
        while any(branch.prune(settled) for branch in branches):
            pass
        return settled

    return settle


def _branches(schema: Schema) -> Iterator[_Branch]:
    for part in (schema, *schema.get("allOf", ())):
        yield from _outcomes(part, ())


def _outcomes(part: Schema | bool, when: tuple[tuple[Condition, bool], ...]) -> Iterator[_Branch]:
    """What `if`/`then`/`else` in `part` switch off, those within `then` and `else` too."""
    if isinstance(part, bool) or "if" not in part:
        return
    condition = compiled(part["if"])
    for key, outcome in (("then", True), ("else", False)):
        overlay, reached = part.get(key, True), (*when, (condition, outcome))
        off = tuple(_switched_off(overlay))
        if off:
            yield _Branch(reached, off)
        if not isinstance(overlay, bool):
            for inner in (overlay, *overlay.get("allOf", ())):
                yield from _outcomes(inner, reached)


def _switched_off(overlay: Schema | bool) -> Iterator[Path]:
    if isinstance(overlay, bool):
        return
    for name, part in overlay.get("properties", {}).items():
        if part is False:
            yield (name,)
        else:
            yield from ((name, *rest) for rest in _switched_off(part))
    if "items" in overlay:
        yield from (("", *rest) for rest in _switched_off(overlay["items"]))
    for part in overlay.get("allOf", ()):
        yield from _switched_off(part)


def _take_out(answers: Any, path: Path) -> bool:
    """Take out what lies at `path`, where an empty step stands for each item of a list."""
    name, *rest = path
    if not name:
        items = answers if isinstance(answers, list) else []
        return sum(_take_out(item, tuple(rest)) for item in items) > 0
    if not isinstance(answers, dict) or name not in answers:
        return False
    if rest:
        return _take_out(answers[name], tuple(rest))
    del answers[name]
    return True


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _same(value: Any) -> Any:
    return value

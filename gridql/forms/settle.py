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
    """A condition, and the answers that it switches off when it holds and when it does not."""

    when: Condition
    off_then: tuple[Path, ...]
    off_else: tuple[Path, ...]

    def prune(self, answers: dict[str, Any]) -> bool:
        """Take out what is switched off; whether there was any."""
        off = self.off_then if self.when.is_valid(answers) else self.off_else
        return sum(_take_out(answers, path) for path in off) > 0


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
        if "if" in part:
            off_then, off_else = (
                tuple(_switched_off(part.get(key, True))) for key in ("then", "else")
            )
            if off_then or off_else:
                yield _Branch(compiled(part["if"]), off_then, off_else)


def _switched_off(overlay: Schema | bool) -> Iterator[Path]:
    if isinstance(overlay, bool):
        return
    for name, part in overlay.get("properties", {}).items():
        if part is False:
            yield (name,)
        else:
            yield from ((name, *rest) for rest in _switched_off(part))


def _take_out(answers: Any, path: Path) -> bool:
    *parents, last = path
    for name in parents:
        answers = answers.get(name) if isinstance(answers, dict) else None
    if isinstance(answers, dict) and last in answers:
        del answers[last]
        return True
    return False


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _same(value: Any) -> Any:
    return value

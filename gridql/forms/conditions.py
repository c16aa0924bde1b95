"""Conditions over answers: they may only ask for answers that the form can have."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from gridql.forms.references import Dangling, Node, Shelf

Report = Callable[[Node, str, str], None]

_COMBINED = ("allOf", "anyOf", "oneOf")


class Conditions:
    """Checks conditions against the questions that they are about."""

    def __init__(self, shelf: Shelf, report: Report) -> None:
        self._shelf = shelf
        self._report = report

    def check(
        self,
        condition: Node,
        about: Node,
        answered: frozenset[str] = frozenset(),
        *,
        constraint: bool = False,
    ) -> None:
        """Check `condition` on the value that `about` describes.

        `answered` names the questions known to have an answer. A `constraint` (what stands in
        `then` and `else`) may speak of questions without one, a condition may not: it would hold
        for every form that leaves them out.
        """
        rule = condition.value
        question = self._question(about)
        if not isinstance(rule, dict) or question is None:
            return
        self.names(condition, "required", question)
        answered = answered | _names(rule) | _names(question.value)
        for part in _list(rule.get("allOf")):
            answered |= _names(part)
        self._values(condition, question)
        self._properties(condition, question, answered, constraint)
        for key in ("items", "contains"):
            if key in rule:
                self._items(condition.child(key), question, constraint)
        for key in _COMBINED:
            for index in range(len(_list(rule.get(key)))):
                self.check(condition.child(key, index), question, answered, constraint=constraint)
        if "not" in rule:
            # Turned round, an answer that is missing makes it fail: no trap.
            self.check(condition.child("not"), question, answered, constraint=True)
        self.branches(condition, question)

    def branches(self, node: Node, about: Node) -> None:
        """Check `if`/`then`/`else` and `dependentRequired` in `node` on what `about` describes."""
        rule = node.value
        if not isinstance(rule, dict):
            return
        if "if" in rule:
            self.check(node.child("if"), about)
        for key in ("then", "else"):
            if key in rule:
                self.check(node.child(key), about, constraint=True)
        pairs = rule.get("dependentRequired")
        for name, needed in pairs.items() if isinstance(pairs, dict) else ():
            self._known(node.child("dependentRequired", name), name, about)
            for index, each in enumerate(_list(needed)):
                self._known(node.child("dependentRequired", name, index), each, about)

    def names(self, node: Node, key: str, about: Node) -> None:
        """Check that every name in the list `key` is a question of `about`."""
        beside = node.value.get("properties") if node is not about else None
        told = list(beside) if isinstance(beside, dict) else []
        for index, name in enumerate(_list(node.value.get(key))):
            if name not in told:
                self._known(node.child(key, index), name, about)

    def _properties(
        self, condition: Node, question: Node, answered: frozenset[str], constraint: bool
    ) -> None:
        parts = condition.value.get("properties")
        for name in parts if isinstance(parts, dict) else ():
            part = condition.child("properties", name)
            if not self._known(part, name, question):
                continue
            if name not in answered and not constraint and part.value not in (True, {}):
                self._report(
                    part,
                    f"the condition also holds where {name!r} has no answer",
                    f'Add "required": ["{name}"] beside `properties`.',
                )
            self.check(part, question.child("properties", name), constraint=constraint)

    def _items(self, part: Node, question: Node, constraint: bool) -> None:
        if question.value.get("type") != "array" or "items" not in question.value:
            self._report(part, "the question is not a list", "Drop it, or ask for its value.")
            return
        self.check(part, question.child("items"), constraint=constraint)

    def _values(self, condition: Node, question: Node) -> None:
        rule = condition.value
        asked = [condition.child("const")] if "const" in rule else []
        asked += [condition.child("enum", n) for n in range(len(_list(rule.get("enum"))))]
        possible = choices(question.value)
        for each in asked:
            if possible is not None and each.value not in possible:
                self._report(
                    each,
                    f"{each.value!r} is no answer to the question",
                    _guess(each.value, [str(choice) for choice in possible]),
                )

    def _known(self, node: Node, name: object, about: Node) -> bool:
        question = self._question(about)
        names = question.value.get("properties") if question else None
        if not isinstance(names, dict):
            names = {}
        if question is None or (isinstance(name, str) and name in names):
            return question is not None
        self._report(node, f"there is no question {name!r}", _guess(name, list(names)))
        return False

    def _question(self, about: Node) -> Node | None:
        try:
            question = self._shelf.resolve(about)
        except Dangling:
            return None
        return question if isinstance(question.value, dict) else None


def choices(question: dict[str, Any]) -> list[Any] | None:
    """The answers that a question offers, or None when it is not a choice."""
    if isinstance(question.get("oneOf"), list):
        return [each.get("const") for each in question["oneOf"] if isinstance(each, dict)]
    if isinstance(question.get("enum"), list):
        return list(question["enum"])
    return [True, False] if question.get("type") == "boolean" else None


def _guess(value: object, known: list[str]) -> str:
    near = get_close_matches(str(value), known, n=1, cutoff=0.5)
    listed = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
    return f"Did you mean {near[0]!r}?" if near else f"Known here: {listed}."


def _names(rule: object) -> frozenset[str]:
    listed = _list(rule.get("required")) if isinstance(rule, dict) else []
    return frozenset(name for name in listed if isinstance(name, str))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []

"""Conditions over answers: they may only ask for answers that the form can have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from gridql.forms.patterns import obstacle
from gridql.forms.references import Dangling, Node, Shelf
from gridql.forms.simple import BOUNDS, choices, is_a, listed

Report = Callable[[Node, str, str], None]

MAX_GUESSES = 100
"""Looking for the nearest name takes time: a document without end of faults gets no more."""

_COMBINED = ("allOf", "anyOf", "oneOf")
_MEANT_FOR = {
    **dict.fromkeys(BOUNDS, ("integer", "number")),
    **dict.fromkeys(("minLength", "maxLength", "pattern"), ("string",)),
    **dict.fromkeys(("minItems", "maxItems"), ("array",)),
}
_ASKED = {"string": "a text", "integer": "a whole number", "number": "a number"}


class Conditions:
    """Checks conditions against the questions that they are about."""

    def __init__(self, shelf: Shelf, report: Report) -> None:
        self._shelf = shelf
        self._report = report
        self._guesses = 0

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
        if "$ref" in rule:
            self._report(condition.child("$ref"), "a condition cannot refer", "Write it out here.")
        self.names(condition, "required", question)
        answered = answered | _names(rule) | _names(question.value)
        for part in listed(rule.get("allOf")):
            answered |= _names(part)
        self._values(condition, question)
        self._measures(condition, question)
        self._properties(condition, question, answered, constraint)
        for key in ("items", "contains"):
            if key in rule:
                self._items(condition.child(key), question, constraint)
        for key in _COMBINED:
            for index in range(len(listed(rule.get(key)))):
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
        outcomes = [key for key in ("then", "else") if key in rule]
        if "if" in rule:
            self.check(node.child("if"), about)
            if not outcomes:
                self._report(node.child("if"), "`if` does nothing by itself", "Add its `then`.")
        for key in outcomes:
            self.check(node.child(key), about, constraint=True)
            self._switched_off(node.child(key), about)
            if "if" not in rule:
                self._report(node.child(key), f"`{key}` does nothing without `if`", "Add the `if`.")
        pairs = rule.get("dependentRequired")
        for name, needed in pairs.items() if isinstance(pairs, dict) else ():
            self._known(node.child("dependentRequired", name), name, about)
            for index, each in enumerate(listed(needed)):
                self._known(node.child("dependentRequired", name, index), each, about)

    def names(self, node: Node, key: str, about: Node) -> None:
        """Check that every name in the list `key` is a question of `about`."""
        beside = node.value.get("properties") if node is not about else None
        told = beside if isinstance(beside, dict) else {}
        for index, name in enumerate(listed(node.value.get(key))):
            if not isinstance(name, str) or name not in told:
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
        rule, kind = condition.value, question.value.get("type")
        asked = [condition.child("const")] if "const" in rule else []
        asked += [condition.child("enum", n) for n in range(len(listed(rule.get("enum"))))]
        possible = choices(question.value)
        for each in asked:
            if possible is not None:
                wrong = each.value not in possible
                proposal = self._guess(each.value, map(str, possible)) if wrong else ""
            else:
                meant = _ASKED.get(kind) if isinstance(kind, str) else None
                wrong = meant is not None and not is_a(each.value, kind)
                proposal = f"Write {meant}."
            if wrong:
                self._report(each, f"{each.value!r} is no answer to the question", proposal)

    def _measures(self, condition: Node, question: Node) -> None:
        kind = question.value.get("type")
        for key in _MEANT_FOR.keys() & condition.value.keys():
            if isinstance(kind, str) and kind not in _MEANT_FOR[key]:
                reason = f"`{key}` says nothing about an answer of type {kind!r}"
                self._report(condition.child(key), reason, "Ask for a value, or leave it out.")
        pattern = condition.value.get("pattern")
        wrong = obstacle(pattern) if isinstance(pattern, str) else None
        if wrong:
            self._report(condition.child("pattern"), *wrong)

    def _switched_off(self, overlay: Node, about: Node) -> None:
        """Check that no answer is asked for in every case that `overlay` switches off."""
        question = self._question(about)
        parts = overlay.value.get("properties") if isinstance(overlay.value, dict) else None
        questions = question.value.get("properties") if question else None
        if question is None or not isinstance(parts, dict) or not isinstance(questions, dict):
            return
        for name in parts.keys() & questions.keys():
            part = overlay.child("properties", name)
            if part.value is not False:
                self._switched_off(part, question.child("properties", name))
            elif name in listed(question.value.get("required")):
                reason = f"{name!r} has to be answered always, yet is switched off here"
                proposal = "Take it out of `required`; the branch that needs it can require it."
                self._report(part, reason, proposal)

    def _known(self, node: Node, name: object, about: Node) -> bool:
        question = self._question(about)
        names = question.value.get("properties") if question else None
        if not isinstance(names, dict):
            names = {}
        if question is None or (isinstance(name, str) and name in names):
            return question is not None
        self._report(node, f"there is no question {name!r}", self._guess(name, names))
        return False

    def _question(self, about: Node) -> Node | None:
        try:
            question = self._shelf.resolve(about)
        except Dangling:
            return None
        return question if isinstance(question.value, dict) else None

    def _guess(self, value: object, known: Iterable[str]) -> str:
        known = list(known)
        self._guesses += 1
        few = self._guesses <= MAX_GUESSES
        near = get_close_matches(str(value), known, n=1, cutoff=0.5) if few else []
        named = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
        if near:
            return f"Did you mean {near[0]!r}?"
        return f"Known here: {named}." if named else "There is none here."


def _names(rule: object) -> frozenset[str]:
    named = listed(rule.get("required")) if isinstance(rule, dict) else []
    return frozenset(name for name in named if isinstance(name, str))

"""What a form's answers mean: its findings, score and measures, checked and put together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gridql.errors import LANGS, Text
from gridql.forms import pointer as json_pointer
from gridql.forms.faults import FormFault
from gridql.forms.references import Dangling, Node, Shelf, root_of
from gridql.forms.simple import is_a
from gridql.forms.source import Source
from gridql.forms.subset import Subset
from gridql.forms.version import (
    FindingRule,
    FindingSeverity,
    Grade,
    Measure,
    Score,
    Weight,
)

_FAMILIES = {"findings": ("findings",), "weights": ("score", "weights"), "measures": ("measures",)}
"""Lists of rules, each with its place in a form; in a library it stands at the top."""
_CONDITIONS = ("when", "numerator", "denominator")


class Rules:
    """The rules of one form document, those from libraries among them."""

    def __init__(self, form: Source, shelf: Shelf) -> None:
        self._form = form
        self._shelf = shelf
        self._questions = Node(form.raw.get("schema"), form, root_of(form))

    def faults(self) -> Iterator[FormFault]:
        """Everything that is wrong with the rules, as far as their outer form allows to see."""
        subset = Subset(self._shelf)
        for family in _FAMILIES:
            rules = list(self._rules(family, subset.faults))
            for rule in rules:
                yield from self._pointers(rule)
                for key in _CONDITIONS:
                    if key in rule.value:
                        subset.condition(rule.child(key), self._questions)
            yield from _twice(rules, "id", "two rules are called")
        yield from self._scale()
        yield from subset.faults

    def findings(self) -> tuple[FindingRule, ...]:
        """The rules for findings, in the order of the document."""
        return tuple(
            FindingRule(
                id=node.value["id"],
                when=node.value["when"],
                at=node.value["at"],
                severity=FindingSeverity(node.value["severity"]),
                category=node.value["category"],
                days=node.value["days"],
                department=node.value.get("department"),
                basis=tuple(
                    text(node, "basis", n) for n in range(len(node.value.get("basis", ())))
                ),
                title=text(node, "title"),
                remark_from=node.value.get("remarkFrom"),
            )
            for node in self._rules("findings", [])
        )

    def score(self) -> Score | None:
        """How the answers are scored, if they are."""
        raw = self._form.raw.get("score")
        if raw is None:
            return None
        weights = tuple(
            Weight(
                id=node.value["id"],
                when=node.value["when"],
                at=node.value["at"],
                points=node.value["points"],
                title=text(node, "title"),
            )
            for node in self._rules("weights", [])
        )
        grades = [Grade(each["from"], each["grade"]) for each in raw.get("grades", ())]
        grades.sort(key=lambda grade: grade.at_least, reverse=True)
        return Score(raw["max"], raw.get("start", raw["max"]), weights, tuple(grades))

    def measures(self) -> tuple[Measure, ...]:
        """The rates that the answers feed."""
        return tuple(
            Measure(
                node.value["id"],
                text(node, "title"),
                node.value["numerator"],
                node.value["denominator"],
            )
            for node in self._rules("measures", [])
        )

    def _rules(self, family: str, faults: list[FormFault]) -> Iterator[Node]:
        """The rules of one family, in the order of the document, with those spliced in."""
        spliced: set[object] = set()
        for node in self._listed(*_FAMILIES[family]):
            reference = node.value.get("$ref")
            if "$ref" not in node.value:
                yield node
                continue
            at = f"{node.pointer}/$ref"
            try:
                rules = self._shelf.rules(reference, family)
            except Dangling as dangling:
                proposal = f"Write 'library:file#/{family}' for those of this plugin's library."
                faults.append(node.source.fault(at, str(dangling), proposal))
                continue
            if reference in spliced:
                reason = f"{reference!r} is taken over already"
                faults.append(node.source.fault(at, reason, "Leave one of them out."))
                continue
            spliced.add(reference)
            for index, rule in enumerate(rules.value):
                if isinstance(rule, dict) and self._asked(rules.child(index), faults):
                    yield rules.child(index)

    def _scale(self) -> Iterator[FormFault]:
        """What keeps the numbers of the score from meaning anything."""
        score: Any = self._form.raw.get("score")
        start: Any = score.get("start") if isinstance(score, dict) else None
        most: Any = score.get("max") if isinstance(score, dict) else None
        if is_a(start, "number") and is_a(most, "number") and start > most:
            reason = "the score starts above its `max`"
            yield self._form.fault("/score/start", reason, f"At most {most}.")
        yield from _twice(self._listed("score", "grades"), "from", "two grades begin at")

    def _asked(self, rule: Node, faults: list[FormFault]) -> bool:
        """Whether the form asks all that a library's rule is about; others it does without."""
        missing = [name for name in _names(rule.value) if not self._question([name])]
        for name in missing:
            if name not in _each(rule.source.raw.get("$defs")):
                reason = f"neither the library nor the form has a question {name!r}"
                faults.append(rule.source.fault(rule.pointer, reason, "Check how it is spelt."))
        return not missing

    def _pointers(self, rule: Node) -> Iterator[FormFault]:
        for key, kinds in (("at", None), ("remarkFrom", ("string",))):
            where = rule.value.get(key)
            if not isinstance(where, str) or not where.startswith("/"):
                continue
            question = self._question(json_pointer.split(where))
            at = f"{rule.pointer}/{key}"
            if question is None:
                reason = f"there is no question at {where!r}"
                yield rule.source.fault(at, reason, "Write '/' and the name of a question.")
            elif kinds and question.value.get("type") not in kinds:
                reason = f"the answer at {where!r} is no text"
                yield rule.source.fault(at, reason, "Point at a question of type 'string'.")

    def _question(self, tokens: list[str]) -> Node | None:
        return self._shelf.question(self._questions, tokens)

    def _listed(self, *tokens: str) -> list[Node]:
        value: Any = self._form.raw
        for token in tokens:
            value = value.get(token) if isinstance(value, dict) else None
        if not isinstance(value, list):
            return []
        node = Node(value, self._form, json_pointer.of(tokens))
        return [node.child(n) for n, each in enumerate(value) if isinstance(each, dict)]


def text(node: Node, *tokens: str | int) -> Text:
    """The text at `tokens` below `node`, in every language."""
    where = [*json_pointer.split(node.pointer), *map(str, tokens)]
    return {lang: json_pointer.follow(node.source.by_lang[lang], where) for lang in LANGS}


def _names(rule: dict[str, Any]) -> list[str]:
    """The questions that a rule is about, at the top of the answers."""
    names: list[object] = []
    pending = [rule.get(key) for key in _CONDITIONS]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            names += _each(part.get("properties")) + _each(part.get("required"))
            pending += [part.get("not"), part.get("if")]
            for key in ("allOf", "anyOf", "oneOf"):
                pending += _each(part.get(key))
    return list(dict.fromkeys(name for name in names if isinstance(name, str)))


def _each(value: object) -> list[Any]:
    return list(value) if isinstance(value, (dict, list)) else []


def _twice(nodes: list[Node], key: str, reason: str) -> Iterator[FormFault]:
    seen: set[object] = set()
    for node in nodes:
        value = node.value.get(key)
        if isinstance(value, (str, int, float)):
            if value in seen:
                at = f"{node.pointer}/{key}"
                yield node.source.fault(at, f"{reason} {value!r}", "Change one of them.")
            seen.add(value)

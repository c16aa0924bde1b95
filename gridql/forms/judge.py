"""Judging answers: faults in both languages, and what sound answers reveal, score and count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import jsonschema_rs
import orjson

from gridql.errors import Fault, Text, invalid
from gridql.forms import messages
from gridql.forms import pointer as json_pointer
from gridql.forms.compiled import Condition, compiled
from gridql.forms.labels import Labels
from gridql.forms.settle import settling
from gridql.forms.verdict import Found, Scored, Step, Verdict
from gridql.forms.version import FindingRule, FormVersion, Schema

MAX_FAULTS = 1000
"""More would tell nobody anything, and saying them would hold everyone up."""

_CHOICES = frozenset({"oneOf", "enum", "const"})


class Judge:
    """The rules of one form version, compiled; safe to share and without state of its own."""

    def __init__(self, version: FormVersion) -> None:
        self.version = version
        self._schema = compiled(version.schema)
        self._settle = settling(version.schema)
        self._labels = Labels(version.schemas)
        self._keys = tuple(_item_keys(version.schema, ()))
        conditions = _Conditions()
        self._findings = [(rule, conditions.number(rule.when)) for rule in version.findings]
        weights = version.score.weights if version.score else ()
        self._weights = [(each, conditions.number(each.when)) for each in weights]
        self._conditions = tuple(conditions.compiled)
        self._measures = [
            (each.id, compiled(each.numerator), compiled(each.denominator))
            for each in version.measures
        ]

    def judge(self, answers: object) -> Verdict:
        """Judge `answers`; paths are JSON Pointers into them."""
        faults = list(_unstorable(answers))
        if faults:
            return Verdict(tuple(faults), answers)
        settled = self._settle(answers)
        if not self._schema.is_valid(settled):
            faults = self._faults(settled)
        else:
            faults = [fault for path in self._keys for fault in self._same_keys(settled, path)]
        if faults:
            return Verdict(tuple(faults), settled)
        holds = [condition.is_valid(settled) for condition in self._conditions]
        return Verdict((), settled, tuple(self._found(settled, holds)), self._scored(holds))

    def measures(self, answers: object) -> dict[str, bool | None]:
        """For each measure whether sound `answers` count in it: None for not at all."""
        return {
            name: numerator.is_valid(answers) if denominator.is_valid(answers) else None
            for name, numerator, denominator in self._measures
        }

    def _faults(self, answers: object) -> list[Fault]:
        errors = list(islice(self._schema.iter_errors(answers), MAX_FAULTS))
        mistyped = {tuple(each.instance_path) for each in errors if each.kind.name == "type"}
        faults: dict[tuple[str, str], Fault] = {}
        for error in errors:
            keyword = error.kind.name
            if keyword != "type" and tuple(error.instance_path) in mistyped:
                continue
            for path, text in self._say(error):
                where = json_pointer.of(path)
                faults.setdefault((where, keyword), invalid(where, text["zh"], text["en"]))
                if len(faults) == MAX_FAULTS:
                    return list(faults.values())
        return list(faults.values())

    def _say(self, error: jsonschema_rs.ValidationError) -> Iterator[tuple[list[str | int], Text]]:
        path, keyword = list(error.instance_path), error.kind.name
        if keyword == "additionalProperties":
            for name in error.kind.as_dict()["unexpected"]:
                yield [*path, name], messages.unknown(name)
            return
        facts = {} if keyword in _CHOICES else error.kind.as_dict()
        if keyword == "required":
            path.append(facts["property"])
        choices = self._labels.choices(path) if keyword in _CHOICES else None
        if keyword in _CHOICES and _conditional(error.schema_path):
            said = messages.OUT_OF_PLACE(facts)
        elif choices:
            said = messages.choose(choices)
        else:
            said = messages.SAYINGS.get(keyword, messages.OUT_OF_PLACE)(facts)
        yield path, messages.about(self._labels.of(path), said)

    def _same_keys(self, answers: Any, path: tuple[str, ...]) -> Iterator[Fault]:
        """Two items of the list at `path` with one key; the last of `path` names the key."""
        *where, key = path
        for at, items in _lists(answers, where, []):
            seen = set()
            for index, item in enumerate(items):
                if item[key] in seen:
                    place = [*at, index, key]
                    text = messages.about(self._labels.of(place), messages.TWICE({}))
                    yield invalid(json_pointer.of(place), text["zh"], text["en"])
                seen.add(item[key])

    def _found(self, answers: Any, holds: Sequence[bool]) -> Iterator[Found]:
        for rule, when in self._findings:
            if holds[when]:
                yield Found(
                    rule=rule.id,
                    at=rule.at,
                    severity=rule.severity,
                    category=rule.category,
                    days=rule.days,
                    title=rule.title,
                    department=rule.department,
                    basis=rule.basis,
                    remark=_remark(rule, answers),
                )

    def _scored(self, holds: Sequence[bool]) -> Scored | None:
        score = self.version.score
        if score is None:
            return None
        trace = tuple(
            Step(each.id, each.at, each.title, each.points)
            for each, when in self._weights
            if holds[when]
        )
        value = min(max(score.start + sum(step.points for step in trace), 0), score.max)
        grade = next((each.grade for each in score.grades if value >= each.at_least), None)
        return Scored(value, score.max, grade, trace)


class _Conditions:
    """Conditions by number: what is asked by a finding is most often asked by a weight as well."""

    def __init__(self) -> None:
        self.compiled: list[Condition] = []
        self._numbers: dict[bytes, int] = {}

    def number(self, when: Schema) -> int:
        """The number of the condition; two that say the same have one."""
        text = orjson.dumps(when, option=orjson.OPT_SORT_KEYS)
        if text not in self._numbers:
            self._numbers[text] = len(self.compiled)
            self.compiled.append(compiled(when))
        return self._numbers[text]


def _conditional(schema_path: Sequence[str | int]) -> bool:
    """Whether a keyword stands in a `then` or `else`, not in the question itself."""
    named = ("properties", "$defs")
    return any(
        step in ("then", "else") and (n == 0 or schema_path[n - 1] not in named)
        for n, step in enumerate(schema_path)
    )


def _remark(rule: FindingRule, answers: Any) -> str | None:
    if rule.remark_from is None:
        return None
    try:
        remark = json_pointer.follow(answers, json_pointer.split(rule.remark_from))
    except KeyError:
        return None
    return remark.strip() or None if isinstance(remark, str) else None


def _unstorable(answers: object) -> Iterator[Fault]:
    try:
        text = orjson.dumps(answers)
    except TypeError:
        yield invalid("", messages.NOT_STORABLE["zh"], messages.NOT_STORABLE["en"])
        return
    # PostgreSQL keeps no U+0000 in texts. The quick look also finds a backslash before "u0000".
    if b"\\u0000" in text:
        for path in _nul(answers, []):
            yield invalid(json_pointer.of(path), messages.NUL["zh"], messages.NUL["en"])


def _nul(value: object, path: list[str | int]) -> Iterator[list[str | int]]:
    if isinstance(value, str):
        if "\0" in value:
            yield path
        return
    members = value.items() if isinstance(value, Mapping) else ()
    items = enumerate(value) if isinstance(value, list) else ()
    for key, member in (*members, *items):
        if isinstance(key, str) and "\0" in key:
            yield path
        yield from _nul(member, [*path, key])


def _item_keys(schema: Schema, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Where lists of objects are, each path ending with the question that tells items apart."""
    for name, value in schema.get("properties", {}).items():
        here = (*path, name)
        if value.get("type") == "array" and "itemKey" in value:
            yield (*here, value["itemKey"])
            yield from _item_keys(value["items"], here)
        elif value.get("type") == "object":
            yield from _item_keys(value, here)


def _lists(
    value: Any, path: list[str], at: list[str | int]
) -> Iterator[tuple[list[str | int], list[Any]]]:
    if isinstance(value, list) and path:
        for index, item in enumerate(value):
            yield from _lists(item, path, [*at, index])
    elif not path:
        if isinstance(value, list):
            yield at, value
    elif isinstance(value, dict) and path[0] in value:
        yield from _lists(value[path[0]], path[1:], [*at, path[0]])

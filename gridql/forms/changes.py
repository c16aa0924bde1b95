"""What has changed between two versions of a form, and what that means for answers to the old."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from gridql.forms.narrowing import differences
from gridql.forms.version import FormVersion


class Effect(StrEnum):
    """What a change means, the gravest first."""

    BREAKING = "BREAKING"
    """An answer to the old version may not be taken any more, or not whole."""
    ADDITIVE = "ADDITIVE"
    """Every answer to the old version is taken as it is."""
    RULES = "RULES"
    """The same answers lead to other findings, points or rates."""
    WORDS = "WORDS"
    """People read something else; nothing is judged otherwise."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions."""

    effect: Effect
    at: str
    """JSON Pointer into the answers (`-` for every item of a list), or the id of a rule."""
    what: str

    def __str__(self) -> str:
        return f"{self.at}: {self.what}" if self.at else self.what


def changes(old: FormVersion, new: FormVersion) -> list[Change]:
    """Everything in which `new` differs from `old`, the gravest first; empty when nothing does.

    A change is ADDITIVE only when that is certain: a condition of another wording counts as
    BREAKING, though it may mean the same. How many answers really fail, judging them tells.
    """
    found = [*_use(old, new)]
    for each in differences(old.schema, new.schema):
        effect = Effect.BREAKING if each.narrower else Effect.ADDITIVE
        found.append(Change(effect, each.at, each.what))
    found += _rules(old, new)
    if not found and old.hash != FormVersion.from_document(_numbered(new, old.version)).hash:
        found.append(Change(Effect.WORDS, "", "only texts, or how it is shown"))
    return sorted(found, key=lambda change: list(Effect).index(change.effect))


def is_breaking(found: Iterable[Change]) -> bool:
    """Whether there is a breaking one among changes."""
    return any(change.effect is Effect.BREAKING for change in found)


_MEMBERS = {"when": "condition", "at": "place", "remark_from": "remark"}


def _numbered(form: FormVersion, version: int) -> dict[str, Any]:
    return form.to_document() | {"version": version}


def _use(old: FormVersion, new: FormVersion) -> Iterator[Change]:
    """What the form as a whole is for."""
    if old.subject is not new.subject:
        what = f"it is filled in about a {new.subject.value} now, not a {old.subject.value}"
        yield Change(Effect.BREAKING, "", what)
    if old.kind is not new.kind:
        what = f"its kind is {new.kind.value} now, not {old.kind.value}"
        yield Change(Effect.BREAKING, "", what)
    if old.category != new.category:
        effect = Effect.ADDITIVE if new.category is None else Effect.BREAKING
        places = f"places of {new.category.code}" if new.category else "all places"
        yield Change(effect, "", f"it is for {places} now")


def _rules(old: FormVersion, new: FormVersion) -> Iterator[Change]:
    yield from _family("finding", _by_id(old.findings), _by_id(new.findings))
    weights = [_by_id(form.score.weights) if form.score else {} for form in (old, new)]
    yield from _family("weight", *weights)
    yield from _family("measure", _by_id(old.measures), _by_id(new.measures))
    scales = [
        form.score and (form.score.max, form.score.start, form.score.grades) for form in (old, new)
    ]
    if scales[0] != scales[1]:
        what = "the score is new" if scales[0] is None else "the score has other bounds or grades"
        yield Change(Effect.RULES, "", what if scales[1] else "there is no score any more")


def _family(
    what: str, old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]]
) -> Iterator[Change]:
    for name in old:
        if name not in new:
            yield Change(Effect.RULES, name, f"the {what} is gone")
            continue
        other = sorted(key for key in old[name] if old[name][key] != new[name][key])
        if other and set(other) <= {"title", "basis"}:
            yield Change(Effect.WORDS, name, f"the {what} reads otherwise")
        elif other:
            named = ", ".join(_MEMBERS.get(key, key) for key in other)
            yield Change(Effect.RULES, name, f"the {what} has another {named}")
    for name in new:
        if name not in old:
            yield Change(Effect.RULES, name, f"the {what} is new")


def _by_id(rules: Iterable[Any]) -> dict[str, dict[str, Any]]:
    return {rule.id: asdict(rule) for rule in rules}

"""A form document from a spreadsheet, and the list of what it could not take over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridql.errors import Lang
from gridql.forms.version import FormKind, Schema, SubjectKind
from gridql.forms.xlsform.conditions import Asked, condition, limits
from gridql.forms.xlsform.expressions import Unmappable, parse, references
from gridql.forms.xlsform.reading import Workbook
from gridql.forms.xlsform.taking import Item, LeftOut, Taking
from gridql.forms.xlsform.texts import Said, base_language, language, said, split


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What a spreadsheet has become."""

    document: dict[str, Any]
    texts: dict[str, str]
    """Its texts in the other language, by JSON Pointer."""
    other_language: Lang
    left_out: Sequence[LeftOut]
    renamed: Mapping[str, str]
    """Questions that are spelt otherwise than in the spreadsheet."""


def take_over(workbook: Workbook, name: str, kind: FormKind, subject: SubjectKind) -> TakenOver:
    """The form `name` that says what `workbook` does, as far as a form can."""
    taking = Taking(workbook)
    _settings(workbook, taking)
    for item in taking.items():
        _constrain(item, taking)
    by_name: dict[str, list[Item]] = {}
    for item in taking.items():
        by_name.setdefault(item.name, []).append(item)
    for item in taking.items():
        _switch(item, by_name, taking)
    _require(taking.root)
    title = said(workbook.tree.get("title")) or Said({language(name): name})
    document: dict[str, Any] = {
        "name": name,
        "version": 1,
        "draft": True,
        "kind": kind.value,
        "subject": subject.value,
        "language": "zh",
        "title": title,
        "schema": taking.root.schema,
        "uiSchema": _shown(taking.root),
    }
    base = base_language(document)
    document["language"] = base
    split_document, texts = split(document, base)
    return TakenOver(
        split_document,
        texts,
        "en" if base == "zh" else "zh",
        sorted(taking.left_out, key=lambda each: (each.sheet != "survey", each.sheet, each.row)),
        {item.name: item.key for item in taking.items() if item.name != item.key},
    )


_KNOWN = {"type", "name", "title", "id_string", "sms_keyword", "default_language", "children"}
_KNOWN |= {"choices"}


def _settings(workbook: Workbook, taking: Taking) -> None:
    for key, value in workbook.tree.items():
        if key == "version":
            taking.leave(2, f"the version {value!r}", "gridql counts versions from 1", "settings")
        elif key not in _KNOWN:
            taking.leave(2, f"the setting {key!r}", "there is nothing like it", "settings")
    for sheet in workbook.other_sheets:
        taking.leave(1, "the whole sheet", "there is nothing like it", sheet)


def _constrain(item: Item, taking: Taking) -> None:
    if item.constraint is None:
        return
    if "type" not in item.schema:
        taking.leave(item.row, f"the constraint {item.constraint}", "a block has its own")
        return
    try:
        found, lost = limits(parse(item.constraint), Asked((), item.schema, item.choices))
    except Unmappable as unmappable:
        found, lost = {}, [str(unmappable)]
    for key in found:
        opposite = key.replace("exclusiveM", "m")
        if opposite != key and opposite in item.schema:
            del item.schema[opposite]
    item.schema |= found
    for why in lost:
        taking.leave(item.row, f"the constraint {item.constraint}", why)


def _switch(item: Item, by_name: Mapping[str, list[Item]], taking: Taking) -> None:
    """Put the relevance of `item` into the nearest object that sees all that it is about."""
    if item.relevant is None:
        return
    try:
        expression = parse(item.relevant)
        asked = [_one(name, by_name) for name in references(expression)]
        if not asked:
            raise Unmappable("it is about no answer")
        home = next(
            (each for each in item.above() if all(_sees(each, other) for other in asked)), None
        )
        if home is None:
            raise Unmappable("it asks for an answer within a repeat, from outside")
        when = condition(expression, _finder(home, by_name))
    except Unmappable as unmappable:
        item.relevant, was = None, item.relevant
        why = f"{unmappable}; it is asked always{', and may be left out' * item.required}"
        item.required = False
        taking.leave(item.row, f"the relevance of {item.name!r}, {was}", why)
        return
    steps = [item, *item.above()]
    path = list(reversed(steps[: steps.index(home)]))
    branch: Schema = {"if": when}
    if item.required or _demands(item):
        branch["then"] = _required(path)
    branch["else"] = _overlay(path, False)
    home.inside.setdefault("allOf", []).append(branch)


def _one(name: str, by_name: Mapping[str, list[Item]]) -> Item:
    found = by_name.get(name, [])
    if len(found) != 1:
        how = "is not taken over" if not found else "is the name of more than one question"
        raise Unmappable(f"{name!r} {how}")
    return found[0]


def _sees(home: Item, other: Item) -> bool:
    """Whether `home` reaches the answer to `other` without going through a list."""
    for each in other.above():
        if each is home:
            return True
        if each.is_repeat:
            return False
    return False


def _finder(home: Item, by_name: Mapping[str, list[Item]]) -> Callable[[str], Asked]:
    def find(name: str) -> Asked:
        item = _one(name, by_name)
        steps = [item, *item.above()]
        path = [each.key for each in reversed(steps[: steps.index(home)])]
        if "type" not in item.schema:
            raise Unmappable(f"{name!r} is a block of several answers")
        return Asked(path, item.schema, item.choices)

    return find


def _overlay(path: Sequence[Item], leaf: Any) -> Any:
    """A schema that says `leaf` of what lies at `path`."""
    for n, item in enumerate(reversed(path)):
        if n and item.is_repeat:
            leaf = {"items": leaf}
        leaf = {"properties": {item.key: leaf}}
    return leaf


def _required(path: Sequence[Item]) -> Schema:
    """A schema that asks for the last of `path`, and for the groups around it."""
    *outer, last = path
    found: Schema = {"required": [last.key]}
    for item in reversed(outer):
        inner = {"items": found} if item.is_repeat else found
        found = {"properties": {item.key: inner}}
        # A group or list that is switched off itself is not to be asked for.
        if not item.is_repeat and item.relevant is None:
            found["required"] = [item.key]
    return found


def _demands(item: Item) -> bool:
    """Whether a group has a question in it that may have to be answered."""
    return not item.is_repeat and any(
        child.required or _demands(child) for child in item.children if "$ref" not in child.schema
    )


def _require(item: Item) -> None:
    """Write down what has to be answered always."""
    needed = list(item.inside.get("required", []))
    for child in item.children:
        if child.children:
            _require(child)
        always = any(each.required and each.relevant is None for each in child.children)
        inner = not child.is_repeat and (always or bool(child.inside.get("required")))
        if child.relevant is None and (child.required or inner):
            needed.append(child.key)
    if needed:
        item.inside["required"] = needed


def _shown(item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in item.children:
        inner = _shown(child)
        shown = child.shown | ({"items": inner} if child.is_repeat and inner else inner)
        if shown:
            found[child.key] = shown
    return found

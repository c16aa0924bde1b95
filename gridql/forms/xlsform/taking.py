"""Taking a spreadsheet's questions over, one by one: what each becomes, and what of it is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gridql.forms.source import MAX_ITEMS
from gridql.forms.version import Schema
from gridql.forms.xlsform.kinds import (
    BLOCKS,
    COLUMNS,
    NUMBER,
    NUMBERS,
    OTHER,
    SHOWN,
    SPECIFY,
    TEXTS,
    UNTAKEN,
)
from gridql.forms.xlsform.names import camel, constant
from gridql.forms.xlsform.reading import ROW, Workbook
from gridql.forms.xlsform.texts import Said, said, unspoken


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something of a spreadsheet that the form does not have, or has otherwise."""

    sheet: str
    row: int
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.sheet}, row {self.row}: {self.what}: {self.why}"


@dataclass(eq=False)
class Item:
    """A question, a group or a repeat, with what it becomes."""

    name: str
    """What the spreadsheet calls it."""
    key: str
    row: int
    parent: Item | None
    schema: Schema
    """Its value; of a repeat the list, whose `items` have the questions."""
    shown: dict[str, Any] = field(default_factory=dict)
    required: bool = False
    relevant: str | None = None
    constraint: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    children: list[Item] = field(default_factory=list)

    @property
    def is_repeat(self) -> bool:
        """Whether it is a list of groups."""
        return self.schema.get("type") == "array" and "itemKey" in self.schema

    @property
    def inside(self) -> Schema:
        """The object that its questions stand in."""
        inner: Schema = self.schema["items"] if self.is_repeat else self.schema
        return inner

    def above(self) -> Iterator[Item]:
        """What it lies in, the nearest first."""
        if self.parent is not None:
            yield self.parent
            yield from self.parent.above()


class Taking:
    """The questions of a workbook, as far as they can be taken over."""

    def __init__(self, workbook: Workbook) -> None:
        self.left_out: list[LeftOut] = []
        self._workbook = workbook
        self._lists: dict[str, dict[str, str]] = {}
        self.root = Item("", "", 1, None, _object())
        self._row = 1
        self._unspoken: set[str] = set()
        for node in workbook.tree["children"]:
            self._take(dict(node), self.root)
        for name in sorted(self._unspoken):
            self.leave(1, f"the language {name!r}", "gridql has zh and en")

    def leave(self, row: int, what: str, why: str, sheet: str = "survey") -> None:
        """Note that something is not taken over."""
        self.left_out.append(LeftOut(sheet, row, what, why))

    def items(self) -> Iterator[Item]:
        """Everything that is taken over, in order, groups before what is in them."""
        pending = list(self.root.children)
        while pending:
            item = pending.pop(0)
            yield item
            pending = item.children + pending

    def _take(self, node: dict[str, Any], parent: Item) -> None:
        bind = dict(node.pop("bind", {}))
        by_hand = ROW in bind
        self._row = int(bind.pop(ROW, self._row))
        kind, name = node.pop("type"), node.pop("name")
        if kind == "group" and name == "meta":
            # What the device collects by itself; without a row, pyxform has added it.
            for child in node["children"]:
                if ROW in child.get("bind", {}):
                    self._take(dict(child), parent)
            return
        if kind == "calculate" and not by_hand:
            return
        if kind not in ("group", "repeat") and kind in self._foreign(kind, node):
            why = UNTAKEN.get(kind, "there is no such kind of question")
            self.leave(self._row, f"the {kind} {name!r}", why)
            return
        taken = parent.inside["properties"]
        item = Item(name, camel(name, taken), self._row, parent, {})
        self._unspoken |= unspoken(node.get("label")) | unspoken(node.get("hint"))
        label = said(node.pop("label", None))
        if item.name.endswith("_other") and label == Said({"en": "Specify other."}):
            label = SPECIFY
        item.schema = self._annotated(item, label, said(node.pop("hint", None)))
        item.relevant = bind.pop("relevant", None)
        item.constraint = bind.pop("constraint", None)
        item.required = self._is_required(item, bind.pop("required", ""))
        control = dict(node.pop("control", {}))
        if kind in ("group", "repeat"):
            self._group(item, kind, node.pop("children", []), control)
        else:
            self._question(item, kind, node, control)
        self._appearance(item, control.pop("appearance", ""))
        self._rest(item, {**node, **bind, **control})
        if kind in ("group", "repeat") and not item.children:
            self.leave(item.row, f"the {kind} {name!r}", "nothing in it is taken over")
            return
        taken[item.key] = item.schema
        parent.children.append(item)

    def _foreign(self, kind: str, node: Mapping[str, Any]) -> set[str]:
        """`kind`, if there is no question of that kind."""
        known = {*NUMBERS, *TEXTS, *BLOCKS, "range", "acknowledge", "trigger"}
        selects = {"select one", "select all that apply"} if node.get("choices") else set()
        return {kind} - known - selects

    def _annotated(self, item: Item, label: Said | None, hint: Said | None) -> Schema:
        found: Schema = {"title": label or Said({"en": item.name})}
        if hint:
            found["description"] = hint
        for text in (label, hint):
            if text and text.has_answers:
                self.leave(item.row, f"an answer in the text of {item.name!r}", "it stays `${…}`")
        return found

    def _group(
        self, item: Item, kind: str, children: list[dict[str, Any]], control: dict[str, Any]
    ) -> None:
        inner = _object()
        if kind == "group":
            item.schema |= inner
        else:
            key = "number"
            names = {camel(child["name"], ()) for child in children}
            key = key if key not in names else camel("item_number", names)
            inner["properties"][key] = dict(NUMBER)
            inner["required"] = [key]
            item.schema |= {"type": "array", "itemKey": key, "items": inner}
            why = f"a question `{key}` was added, by which its items are told apart"
            self.leave(item.row, f"the repeat {item.name!r}", why)
            count = control.pop("jr:count", None)
            if count is not None:
                self.leave(item.row, f"the count of {item.name!r}", "any number can be given")
        for child in children:
            self._take(dict(child), item)
        self._row = max(self._row, item.row)

    def _question(
        self, item: Item, kind: str, node: dict[str, Any], control: dict[str, Any]
    ) -> None:
        if kind in BLOCKS:
            item.schema |= {"$ref": BLOCKS[kind]}
        elif kind in TEXTS:
            item.schema |= {"type": "string", **TEXTS[kind]}
        elif kind in NUMBERS:
            item.schema |= {"type": NUMBERS[kind]}
        elif kind == "range":
            item.schema |= _range(node.pop("parameters", {}))
            item.shown["ui:widget"] = "range"
            for name in ("start", "end", "step"):
                control.pop(name, None)
        elif kind in ("acknowledge", "trigger"):
            item.schema |= {"type": "boolean", "const": True}
        else:
            self._select(item, kind, node)
        self._default(item, node)

    def _select(self, item: Item, kind: str, node: dict[str, Any]) -> None:
        named = node.pop("list_name", node.get("itemset", ""))
        listed = node.pop("choices")
        offered = listed[:MAX_ITEMS]
        if len(listed) > len(offered):
            what = f"{len(listed) - len(offered)} choices of {item.name!r}"
            self.leave(item.row, what, f"a question may have {MAX_ITEMS} at most")
        for each in ("itemset", "parameters"):
            if not node.get(each) or each == "itemset":
                node.pop(each, None)
        first = named not in self._lists
        item.choices = self._lists.setdefault(named, _constants(offered))
        choices: list[Schema] = []
        for choice in offered:
            row = self._workbook.choice_rows.get((named, choice["name"]), 0)
            title = said(choice.get("label")) or Said({"en": choice["name"]})
            if not row and choice["name"] == "other":
                title = OTHER
            choices.append({"const": item.choices[choice["name"]], "title": title})
            more = [key for key in choice if key not in ("name", "label")]
            if more and first:
                what = f"{', '.join(more)} of the choice {choice['name']!r}"
                self.leave(row, what, "a choice has a name and a title", "choices")
        one: Schema = {"type": "string", "oneOf": choices}
        if kind == "select one":
            item.schema |= one
            item.shown["ui:widget"] = "radio"
        else:
            item.schema |= {"type": "array", "items": one, "uniqueItems": True}
            item.shown["ui:widget"] = "checkboxes"

    def _default(self, item: Item, node: dict[str, Any]) -> None:
        value = node.pop("default", None)
        dynamic = node.pop("_dynamic_default", False)
        node.pop("actions", None)
        if value is None:
            return
        kind = item.schema.get("type")
        if value in item.choices and kind == "string":
            item.schema["default"] = item.choices[value]
        elif kind == "string" and not dynamic and not item.choices:
            item.schema["default"] = value
        elif kind == "integer" and str(value).lstrip("-").isdecimal():
            item.schema["default"] = int(value)
        else:
            self.leave(item.row, f"the default {value!r}", "it is no plain answer")

    def _is_required(self, item: Item, text: str) -> bool:
        if text.lower() in ("yes", "true", "true()"):
            return True
        if text.lower() not in ("", "no", "false", "false()"):
            what = f"{item.name!r} is required where {text}"
            self.leave(item.row, what, "it may be left out always")
        return False

    def _appearance(self, item: Item, appearance: str) -> None:
        for word in appearance.split():
            if word in SHOWN:
                item.shown |= SHOWN[word]
            else:
                self.leave(item.row, f"the appearance {word!r}", "there is no such way to show it")

    def _rest(self, item: Item, node: Mapping[str, Any]) -> None:
        for key, value in node.items():
            if value and not key.startswith("_"):
                shown = value if isinstance(value, str) else ", ".join(map(str, value))
                what = f"{COLUMNS.get(key, key)} of {item.name!r}"
                self.leave(item.row, what, f"there is nothing like it ({shown[:80]})")


def _object() -> Schema:
    return {"type": "object", "properties": {}, "additionalProperties": False}


def _constants(offered: list[dict[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for choice in offered:
        found[choice["name"]] = constant(choice["name"], set(found.values()))
    return found


def _range(parameters: Mapping[str, str]) -> Schema:
    start, end, step = (
        _number(parameters.get(name, default))
        for name, default in (("start", "1"), ("end", "10"), ("step", "1"))
    )
    whole = all(isinstance(each, int) for each in (start, step))
    found: Schema = {"type": "integer" if whole else "number", "minimum": start, "maximum": end}
    if whole and step != 1 and start % step == 0:
        found["multipleOf"] = step
    return found


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number

"""How what is typed becomes the answer to a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gridql.cli.plugin.wording import Wording
from gridql.forms.version import Schema


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question is answered."""

    read: Callable[[str], Any]
    """The answer that a text stands for; the text itself, to be judged, where it is none."""
    choices: Sequence[str] = ()
    """What to choose from, and how, in lines."""
    lines: bool = False
    """Whether the answer goes on, line by line, until an empty one."""


def resolved(whole: Schema, value: Schema) -> Schema:
    """A value of the bundled schema `whole`, or the shared definition that it refers to."""
    if "$ref" not in value:
        return value
    return {**whole["$defs"][value["$ref"].rpartition("/")[2]], **value}


def reading(whole: Schema, question: Schema, say: Wording) -> Reading:
    """How a question that is no group, and no list of groups, is answered."""
    if question["type"] == "array":
        item = reading(whole, resolved(whole, question["items"]), say)
        if item.choices:
            return Reading(
                lambda text: [item.read(part) for part in re.split(r"[,，、;；\s]+", text) if part],
                [*item.choices, say.several],
            )
        return Reading(
            lambda text: [item.read(part) for part in text.splitlines()], [say.one_a_line], True
        )
    offered = _offered(question, say)
    if offered:
        titles = [title for _, title in offered]
        lines = [f"{n}) {title}" for n, title in enumerate(titles, 1)]
        return Reading(lambda text: _chosen(text, offered, say), lines)
    return Reading(_READERS.get(question["type"], str))


def _offered(question: Schema, say: Wording) -> list[tuple[Any, str]]:
    if "oneOf" in question:
        return [(each["const"], each["title"]) for each in question["oneOf"]]
    if "enum" in question:
        return [(each, str(each)) for each in question["enum"]]
    if question["type"] == "boolean":
        return [(True, say.yes), (False, say.no)]
    return []


def _chosen(text: str, offered: Sequence[tuple[Any, str]], say: Wording) -> Any:
    text = text.strip()
    if text.isdecimal() and 1 <= int(text) <= len(offered):
        return offered[int(text) - 1][0]
    for value, title in offered:
        if text.casefold() in (title.casefold(), str(value).casefold()):
            return value
        if isinstance(value, bool) and (say.is_yes(text) if value else say.is_no(text)):
            return value
    return text


def _whole(text: str) -> int | str:
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else text


def _number(text: str) -> float | str:
    whole = _whole(text)
    if isinstance(whole, int):
        return whole
    return float(text) if re.fullmatch(r"[+-]?[0-9]{1,18}\.[0-9]{1,18}", text) else text


_READERS: dict[str, Callable[[str], Any]] = {"integer": _whole, "number": _number}

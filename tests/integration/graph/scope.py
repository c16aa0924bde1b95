"""Whether an answer keeps within what somebody may see: every id, code and text in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gridql.access.roles import Actor
from tests.integration.graph.plain.tables import Tables, key_of
from tests.integration.graph.visible import HIDDEN, seen_by

GLOBAL_ID = re.compile(r"([A-Za-z]+):([0-9]+)")

TELLING = (
    "name",
    "address",
    "title",
    "description",
    "responsible_person",
    "note",
    "remark",
    "label",
)
"""Columns whose texts give a row away."""


def strangers(answer: Any, actor: Actor, tables: Tables) -> list[str]:
    """What in the answer belongs to rows, or stands in columns, that are not the actor's to see."""
    secret = _secrets(actor, tables)
    return [
        text
        for text in _texts(answer)
        if text in secret
        or ((found := GLOBAL_ID.fullmatch(text)) and not _seen(actor, *found.groups()))
    ]


def _seen(actor: Actor, name: str, key: str) -> bool:
    seen = seen_by(actor)
    return name not in seen or key in seen[name]


def _secrets(actor: Actor, tables: Tables) -> set[str]:
    """Texts that stand in nothing that the actor sees."""
    known: set[str] = set()
    secret: set[str] = set()
    for name, rows in tables.rows.items():
        for row in rows:
            shown = _seen(actor, name, str(row[key_of(name)]))
            for column in (*TELLING, *(["code"] if name == "Grid" else [])):
                text = row.get(column)
                if isinstance(text, str):
                    hidden = column in HIDDEN.get(actor.role, ())
                    (known if shown and not hidden else secret).add(text)
    return secret - known


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)

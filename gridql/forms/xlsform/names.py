"""What a spreadsheet calls something, as gridql spells it."""

from __future__ import annotations

import re
from collections.abc import Collection

from gridql.forms.simple import ENUM_VALUE

_MOST = 50
"""Leaves room for a number behind it."""


def camel(name: str, taken: Collection[str]) -> str:
    """`fire_exit` as the name of a question, `fireExit`, unlike all that are `taken`."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    first, rest = (words or ["question"])[0], words[1:]
    spelled = first[:1].lower() + first[1:] + "".join(word[:1].upper() + word[1:] for word in rest)
    if first.isupper():
        spelled = first.lower() + spelled[len(first) :]
    if not spelled[:1].isalpha():
        spelled = f"q{spelled}"
    return _unlike(spelled[:_MOST], taken, "")


def constant(name: str, taken: Collection[str]) -> str:
    """`not ok` as the name of a choice, `NOT_OK`, unlike all that are `taken`."""
    words = re.findall(r"[A-Za-z0-9]+", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name))
    spelled = "_".join(words).upper()[:_MOST].strip("_")
    if not ENUM_VALUE.fullmatch(spelled):
        spelled = f"CHOICE_{spelled}" if spelled else "CHOICE"
    return _unlike(spelled, taken, "_")


def _unlike(name: str, taken: Collection[str], between: str) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}{between}{number}"
    return found

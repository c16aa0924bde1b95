"""Texts in another language: a file of JSON Pointers laid over a document."""

from __future__ import annotations

from typing import Any

from gridql.forms import pointer as json_pointer

TEXTS = ("title", "description")

Wrong = tuple[str, str, str]
"""Pointer within the translation file, reason, proposal."""


def translate(raw: dict[str, Any], texts: dict[str, Any]) -> tuple[dict[str, Any], list[Wrong]]:
    """`raw` with `texts` in the places that they point at, and what is wrong with `texts`."""
    translated: dict[str, Any] = _copy(raw)
    wrong: list[Wrong] = []
    for where, text in texts.items():
        at = json_pointer.join("", where)
        reason = _obstacle(raw, where, text)
        if reason:
            wrong.append((at, reason, "Point at a title, description, basis or uiSchema text."))
            continue
        *parents, last = json_pointer.split(where)
        holder = json_pointer.follow(translated, parents)
        holder[int(last) if isinstance(holder, list) else last] = text
    return translated, wrong


def _obstacle(raw: dict[str, Any], where: str, text: object) -> str | None:
    if not isinstance(text, str) or not text:
        return "the translation is not a text"
    try:
        tokens = json_pointer.split(where)
        target = json_pointer.follow(raw, tokens)
    except (KeyError, ValueError):
        return f"there is nothing at {where!r} in the document"
    is_text = isinstance(target, str) and (
        tokens[-1] in TEXTS or tokens[0] == "uiSchema" or "basis" in tokens[-2:-1]
    )
    return None if is_text else f"what lies at {where!r} is not a text to translate"


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_copy(item) for item in value]
    return value

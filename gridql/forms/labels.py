"""What questions and their answers are called, for messages to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gridql.errors import LANGS, Lang, Text
from gridql.forms.messages import SHOWN
from gridql.forms.version import Schema

_ITEM: Mapping[Lang, str] = {"zh": "第{}项", "en": "item {}"}
_WHOLE: Mapping[Lang, str] = {"zh": "表单", "en": "The form"}
_BETWEEN: Mapping[Lang, str] = {"zh": "、", "en": ", "}


class Labels:
    """Titles by the path of an answer, in every language."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas

    def of(self, path: Sequence[str | int]) -> Text:
        """What a person calls the answer at `path`: `住户 › 第2项 › 姓名`."""
        return {lang: self._label(lang, path) for lang in LANGS}

    def choices(self, path: Sequence[str | int]) -> Text | None:
        """The answers to choose from at `path`, or None where there is no list of them."""
        listed: Text = {lang: self._choices(lang, path) for lang in LANGS}
        return listed if all(listed.values()) else None

    def _label(self, lang: Lang, path: Sequence[str | int]) -> str:
        parts = []
        schema: Any = self._schemas[lang]
        for step in path:
            schema = self._step(lang, schema, step)
            named = _ITEM[lang].format(step + 1) if isinstance(step, int) else step
            parts.append(named if isinstance(step, int) else schema.get("title", named))
        return " › ".join(parts) or _WHOLE[lang]

    def _choices(self, lang: Lang, path: Sequence[str | int]) -> str:
        schema: Any = self._schemas[lang]
        for step in path:
            schema = self._step(lang, schema, step)
        if "const" in schema:
            return _plain(schema["const"])
        if "oneOf" in schema:
            all_of_them = [f"{_plain(each['const'])} ({each['title']})" for each in schema["oneOf"]]
        else:
            all_of_them = [_plain(each) for each in schema.get("enum", ())]
        more = ["…"] if len(all_of_them) > SHOWN else []
        return _BETWEEN[lang].join([*all_of_them[:SHOWN], *more])

    def _step(self, lang: Lang, schema: Schema, step: str | int) -> Schema:
        inner: Schema = (
            schema.get("items", {})
            if isinstance(step, int)
            else schema.get("properties", {}).get(step, {})
        )
        if "$ref" in inner:
            name = inner["$ref"].rpartition("/")[2]
            return {**self._schemas[lang]["$defs"][name], **inner}
        return inner


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

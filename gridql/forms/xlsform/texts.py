"""Texts of a spreadsheet, in the languages that gridql has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gridql.errors import LANGS, Lang
from gridql.forms import pointer as json_pointer

_CJK = re.compile(r"[\u3400-\u9fff]")
_NAMES: Mapping[Lang, re.Pattern[str]] = {
    "zh": re.compile(r"中文|汉语|chinese|\bzh\b", re.IGNORECASE),
    "en": re.compile(r"english|英文|英语|\ben\b", re.IGNORECASE),
}
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Said:
    """A text in the languages that the spreadsheet has it in."""

    by_lang: Mapping[Lang, str]

    def base(self, lang: Lang) -> str:
        """The text in `lang`, or in the other language where there is none."""
        return self.by_lang.get(lang) or next(iter(self.by_lang.values()))

    @property
    def has_answers(self) -> bool:
        """Whether the text would show an earlier answer, as `${name}`."""
        return any(_PLACEHOLDER.search(text) for text in self.by_lang.values())


def said(label: Any) -> Said | None:
    """A label of the spreadsheet; None where there is none in a language of gridql."""
    if isinstance(label, str):
        return Said({language(label): label.strip()}) if label.strip() else None
    found: dict[Lang, str] = {}
    for name, text in (label or {}).items():
        lang = language_named(name) or (language(text) if name == "default" else None)
        if lang and str(text).strip():
            found.setdefault(lang, str(text).strip())
    return Said(found) if found else None


def unspoken(label: Any) -> set[str]:
    """The languages of a label that gridql does not have."""
    names = label if isinstance(label, dict) else ()
    return {name for name in names if name != "default" and language_named(name) is None}


def language(text: str) -> Lang:
    """The language that a text seems to be in."""
    return "zh" if _CJK.search(text) else "en"


def language_named(name: str) -> Lang | None:
    """The language that a column names: `中文 (zh)`, `English (en)`, `zh`."""
    return next((lang for lang in LANGS if _NAMES[lang].search(name)), None)


def base_language(document: Any) -> Lang:
    """The language to write `document` in: the one that more of its texts are in, zh first."""
    count = {lang: sum(lang in each.by_lang for each in _all(document)) for lang in LANGS}
    return max(LANGS, key=lambda lang: count[lang])


def split(document: Any, base: Lang) -> tuple[Any, dict[str, str]]:
    """`document` with its texts in `base`, and those in the other language by JSON Pointer."""
    other = next(lang for lang in LANGS if lang != base)
    texts: dict[str, str] = {}

    def walk(value: Any, at: str) -> Any:
        if isinstance(value, Said):
            if other in value.by_lang and base in value.by_lang:
                texts[at] = value.by_lang[other]
            return value.base(base)
        if isinstance(value, dict):
            return {key: walk(each, json_pointer.join(at, key)) for key, each in value.items()}
        if isinstance(value, list):
            return [walk(each, json_pointer.join(at, n)) for n, each in enumerate(value)]
        return value

    return walk(document, ""), texts


def _all(value: Any) -> Iterator[Said]:
    if isinstance(value, Said):
        yield value
    for each in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from _all(each)

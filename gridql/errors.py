"""What can go wrong: problems that a caller can mend, and faults in set-up that an operator can.

GridqlError
├── Refusal          an action was refused; carries every problem at once
├── Unauthenticated  no token, or one that is unknown, expired or revoked
├── ReadTimeout      a statement ran past its time and was cancelled
├── ReadTooComplex   a statement is more than the database can take in
├── SetupError       settings, plugins or files are wrong; the message says which and why
└── Misuse           a bug in gridql's own use of itself
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gridql.words import Word

Lang = Literal["zh", "en"]
Text = Mapping[str, str]
"""A text in each language that it exists in: `{"zh": …, "en": …}`."""

LANGS: tuple[Lang, ...] = ("zh", "en")


class ProblemCode(Word):
    """What kind of thing stands in the way; permanent, to be branched on."""

    NOT_FOUND = "NOT_FOUND", "There is no such thing, or it lies outside of what you may see."
    FORBIDDEN = "FORBIDDEN", "Your role may not do this."
    INVALID = "INVALID", "A value cannot be taken as it is."
    CONFLICT = "CONFLICT", "It does not fit with what is there already."
    STALE = "STALE", "It has changed since you last saw it."
    RETIRED = "RETIRED", "The form version takes no new answers."
    CURSOR_EXPIRED = "CURSOR_EXPIRED", "The cursor is older than what is kept: start anew."


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that the caller can mend: a code, where (JSON Pointer into the input), and why."""

    code: ProblemCode
    path: str | None
    text: Text

    def message(self, lang: Lang) -> str:
        """The reason in `lang`, or in any language that there is."""
        return self.text.get(lang) or next(iter(self.text.values()))


class GridqlError(Exception):
    """The root of all that gridql raises on purpose."""


class Refusal(GridqlError):
    """An action was refused; nothing was written."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{f.path or '/'}: {f.message('en')}" for f in faults))
        self.faults = tuple(faults)


class Unauthenticated(GridqlError):
    """The caller did not say who they are, or with a token that is not valid."""


class ReadTimeout(GridqlError):
    """A statement ran past its time and was cancelled in the database."""


class Unavailable(GridqlError):
    """The database cannot be reached for now; the same may well succeed a moment later."""


class ReadTooComplex(GridqlError):
    """A statement is nested more deeply, or longer, than the database can take in."""


class SetupError(GridqlError):
    """Something that the operator sets up is wrong."""


class Misuse(GridqlError):
    """gridql was put together wrongly; found at start, never by a caller."""


def not_found(path: str | None, what: Text) -> Fault:
    """There is no such thing, or it lies outside the caller's scope: the two read the same."""
    return Fault(
        ProblemCode.NOT_FOUND,
        path,
        {
            "zh": f"没有找到{what['zh']}，或不在您的管辖范围内。",
            "en": f"There is no such {what['en']}, or it lies outside your area.",
        },
    )


def forbidden(path: str | None, verb: Text) -> Fault:
    """The caller's role may not do this at all."""
    return Fault(
        ProblemCode.FORBIDDEN,
        path,
        {"zh": f"您的角色不能{verb['zh']}。", "en": f"Your role may not {verb['en']}."},
    )


def invalid(path: str | None, zh: str, en: str) -> Fault:
    """A value that cannot be taken as it is."""
    return Fault(ProblemCode.INVALID, path, {"zh": zh, "en": en})


_SURROGATE = re.compile("[\ud800-\udfff]")


def storable(text: str) -> bool:
    """Whether every database keeps the text: not with U+0000, nor with half a surrogate pair."""
    return "\0" not in text and (text.isascii() or not _SURROGATE.search(text))


def text_faults(
    path: str, text: str | None, zh: str, en: str, *, most: int, least: int = 0
) -> list[Fault]:
    """What is wrong with a text that was written by hand: its length, or what no database keeps.

    Surrounding space does not count towards `least`; `zh` and `en` say which lengths there may be.
    """
    if text is None:
        return []
    if len(text) > most or len(text.strip()) < least:
        return [invalid(path, zh, en)]
    if not storable(text):
        return [
            invalid(
                path,
                "文字里有无法保存的字符（U+0000 或不成字的字符），请删去。",
                "The text holds U+0000, or half a character: take it out.",
            )
        ]
    return []


def client_id_taken() -> Fault:
    """The id that the device gave was used before, for something else."""
    return Fault(
        ProblemCode.CONFLICT,
        "/clientId",
        {
            "zh": "该 clientId 已用于内容不同的另一次提交。",
            "en": "This clientId was used before, for something else.",
        },
    )

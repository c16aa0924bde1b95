"""A place in the journal as a text that clients keep and give back, without reading it."""

from __future__ import annotations

import re

from gridql.errors import Refusal, invalid

_POSITION = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)


def encode(position: int) -> str:
    """The cursor behind the entry at `position`; 0 for the beginning.

    Its digits, so that a statement can give it without help; opaque to clients all the same.
    """
    return str(position)


def decode(cursor: str, path: str | None = None) -> int:
    """The position that `encode` was given; raises INVALID at `path` for any other text."""
    if not _POSITION.fullmatch(cursor):
        raise Refusal([invalid(path, "游标无效。", "This is no cursor of the journal.")])
    return int(cursor)

"""Codes of areas and grids: what lies under what, by prefix."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gridql.errors import Refusal, invalid

LENGTHS = frozenset({2, 4, 6, 9, 12, 15})
"""Digits of the codes of provinces, cities, districts, streets, communities and grids."""

_CODE = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15}", re.ASCII)


def prefix(code: str, path: str | None = None) -> str:
    """What every code under `code` begins with.

    That is the code itself, except for a province or city: those are written with six digits
    (370000, 370100), and what lies under them begins with two or four.

    Raises INVALID at `path` for what is no code: 2, 4, 6, 9, 12 or 15 digits.
    """
    if not _CODE.fullmatch(code):
        raise Refusal(
            [
                invalid(
                    path,
                    "不是区划或网格代码：应为 6、9、12 或 15 位数字。",
                    "This is no code of an area or a grid: those have 6, 9, 12 or 15 digits.",
                )
            ]
        )
    if len(code) == 6:
        return code.removesuffix("00").removesuffix("00")
    return code


def successor(prefix: str) -> str:
    """The first text after all that begins with `prefix`: under it is `prefix <= x < successor`.

    Of digits only, like the codes themselves, so that every collation sorts it where it belongs.
    """
    following = str(int(prefix) + 1).zfill(len(prefix))
    # After all nines there is no such number; a letter sorts after the digits everywhere.
    return following if len(following) == len(prefix) else "A"


def covers(scopes: Iterable[str], code: str | None) -> bool:
    """Whether `code` lies under one of `scopes`; what lies nowhere is covered by none."""
    return code is not None and any(code.startswith(prefix(scope)) for scope in scopes)

"""The levels of the administrative tree, and how codes say where an area stands in it."""

from __future__ import annotations

from gridql.words import Word


class AreaLevel(Word):
    """How far down the administrative tree an area stands."""

    PROVINCE = "PROVINCE", "A province."
    CITY = "CITY", "A city or prefecture."
    DISTRICT = "DISTRICT", "A district or county: 6 digits."
    STREET = "STREET", "A street or town: 9 digits."
    COMMUNITY = "COMMUNITY", "A community or village: 12 digits."
    GRID = "GRID", "A grid: 15 digits."


class GridKind(Word):
    """What a grid is made of."""

    BASIC = "BASIC", "Homes, shops and streets."
    DEDICATED = "DEDICATED", "One institution, such as a market, a school or a factory."


GRID_DIGITS = 15


def level_of(code: str) -> AreaLevel | None:
    """The level that a code's form gives it; None for what is no code.

    Six digits after GB/T 2260 (a province ends in 0000, a city in 00), nine for a street or town,
    twelve for a community or village, as in the statistical codes; fifteen for a grid.
    """
    if not (code.isascii() and code.isdigit()):
        return None
    if len(code) == 6:
        if code.endswith("0000"):
            return AreaLevel.PROVINCE
        return AreaLevel.CITY if code.endswith("00") else AreaLevel.DISTRICT
    return {9: AreaLevel.STREET, 12: AreaLevel.COMMUNITY, GRID_DIGITS: AreaLevel.GRID}.get(
        len(code)
    )


def parent_code(code: str) -> str | None:
    """The code of the area right above, None for a province."""
    match level_of(code):
        case AreaLevel.CITY:
            return code[:2] + "0000"
        case AreaLevel.DISTRICT:
            return code[:4] + "00"
        case AreaLevel.STREET:
            return code[:6]
        case AreaLevel.COMMUNITY:
            return code[:9]
        case AreaLevel.GRID:
            return code[:12]
        case _:
            return None


class AreaEventKind(Word):
    """What can happen to an area."""

    IMPORTED = "IMPORTED", "It was taken over from a file."
    RENAMED = "RENAMED", "It has another name."
    MOVED = "MOVED", "It lies below another area."

"""The sandbox: a district that nobody lives in, where partner agencies try their software out.

No province of GB/T 2260 has a code that begins with 99, so whoever has a scope of their own in a
real district sees nothing of what is invented here.
"""

from __future__ import annotations

from collections.abc import Sequence

from gridql.domain.areas.actions import import_areas
from gridql.domain.areas.import_rules import AreaRow, AreaSheet
from gridql.domain.areas.rules import AreaLevel
from gridql.domain.areas.settling import GridDraft, settle_grids

DISTRICT = "990101"
STREET = "990101001"
COMMUNITY = "990101001001"
GRID = "990101001001001"

_OUTSIDE = "99"
"""What codes begin with that are none of a real area."""

_AREAS = (
    (AreaLevel.DISTRICT, DISTRICT, None, "演练区（虚构）", "Drill District (invented)"),
    (AreaLevel.STREET, STREET, DISTRICT, "演练街道（虚构）", "Drill Street (invented)"),
    (AreaLevel.COMMUNITY, COMMUNITY, STREET, "演练社区（虚构）", "Drill Community (invented)"),
)
_SHEET = AreaSheet(
    tuple(
        AreaRow(line, level, code, name, above, name_en)
        for line, (level, code, above, name, name_en) in enumerate(_AREAS, start=1)
    )
)
_GRID = GridDraft(GRID, "演练网格（虚构） Drill Grid (invented)")


def is_invented(code: str) -> bool:
    """Whether a code is none of a real area."""
    return code.startswith(_OUTSIDE)


def is_sandbox(scopes: Sequence[str]) -> bool:
    """Whether an account with these scopes sees the sandbox, all of it and nothing else."""
    return list(scopes) == [DISTRICT]


async def settle() -> None:
    """Make the district with its street, community and grid, as far as they are not there yet."""
    await import_areas(None, _SHEET)
    await settle_grids(None, [_GRID])

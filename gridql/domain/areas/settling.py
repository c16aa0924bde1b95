"""Taking over what a district has kept elsewhere so far: rows by the thousand, grid by grid.

The journal gets one entry for each grid and room, not one for each row: what changed is the grid,
which was given so many of them, and 100,000 entries about nothing that happened today would bury
those that people look for. Hazards and submissions have a history of their own and keep it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from tortoise.models import Model

from gridql.access import enforce, policy
from gridql.access.codes import covers
from gridql.access.roles import Actor
from gridql.database import transaction
from gridql.domain.areas.models import Area, Grid
from gridql.domain.areas.rules import AreaLevel, GridKind, level_of
from gridql.errors import Fault, Refusal, invalid, not_found
from gridql.journal import entry
from gridql.rows import GridRow

RIGHT = "Grid.settle"
"""The right to everything here, in every room."""

BATCH = 2000
"""How many rows go to the database at once."""

R = TypeVar("R", bound=GridRow)
M = TypeVar("M", bound=Model)
K = TypeVar("K", str, int)


@dataclass(frozen=True, slots=True)
class GridDraft:
    """A grid as it is taken over."""

    code: str
    name: str
    kind: GridKind = GridKind.BASIC
    boundary: Mapping[str, Any] | None = None
    """GeoJSON geometry in WGS 84."""


class Kept(NamedTuple):
    """Where a row that was taken over is to be found."""

    id: int
    is_new: bool


async def settle_grids(actor: Actor | None, drafts: Sequence[GridDraft]) -> int:
    """Write the grids whose codes are not known yet; how many those were.

    Those known are left as they are. Raises FORBIDDEN; INVALID for what is no code of a grid and
    for a code that comes twice; NOT_FOUND for a grid of a community that is unknown or outside of
    the actor's scope.
    """
    enforce.require(actor, RIGHT)
    faults = [
        invalid(
            f"/{n}/code", "不是15位网格代码。", "This is no code of a grid: those have 15 digits."
        )
        for n, draft in enumerate(drafts)
        if level_of(draft.code) is not AreaLevel.GRID
    ]
    faults += twice([draft.code for draft in drafts], "code")
    async with transaction():
        above = [draft.code[:12] for draft in drafts]
        communities = set(await found(actor, Area, set(above), "code"))
        if actor is not None:  # everybody sees all areas, but makes no grids elsewhere
            communities = {code for code in communities if covers(actor.scopes, code)}
        faults += missing(Area, above, communities, "code")
        if faults:
            raise Refusal(faults)
        codes = [draft.code for draft in drafts]
        known: set[Any] = set(await Grid.filter(code__in=codes).values_list("code", flat=True))
        new = [draft for draft in drafts if draft.code not in known]
        await Grid.bulk_create(
            Grid(
                code=draft.code,
                name=draft.name,
                kind=draft.kind,
                community_id=draft.code[:12],
                boundary=draft.boundary,
            )
            for draft in new
        )
        await note(actor, "Area", grids=[draft.code[:12] for draft in new])
    return len(new)


async def settle(actor: Actor | None, rows: Sequence[R], column: str) -> list[Kept]:
    """Write rows of one model in the caller's transaction; where each is, in the order given.

    A row that is there already, known by its grid and `column`, is left as it is: taking over the
    same rows twice changes nothing. Raises NOT_FOUND for a grid outside of the actor's scope, and
    INVALID for one row that comes twice.
    """
    if not rows:
        return []
    model = type(rows[0])
    keys = [(row.grid_id, getattr(row, column)) for row in rows]
    codes = sorted({code for code, _ in keys})
    grids = await found(actor, Grid, codes, "code", lock=True)
    faults = missing(Grid, [code for code, _ in keys], grids, "gridCode") + twice(keys, column)
    if faults:
        raise Refusal(faults)
    before = await _ids(model, codes, column)
    await model.bulk_create(
        (row for row, key in zip(rows, keys, strict=True) if key not in before), batch_size=BATCH
    )
    after = await _ids(model, codes, column)
    return [Kept(after[key], key not in before) for key in keys]


async def _ids(
    model: type[GridRow], codes: Sequence[str], column: str
) -> dict[tuple[str, str], int]:
    rows = model.filter(grid_id__in=codes).values_list("grid_id", column, "id")
    return {(grid, name): number for grid, name, number in await rows}


async def found(
    actor: Actor | None,
    model: type[M],
    keys: Collection[K],
    column: str,
    *,
    lock: bool = False,
) -> dict[K, Any]:
    """`column` of those rows that the actor sees, by key; with `lock` held against others."""
    key = model._meta.pk_attr
    query = model.filter(enforce.rows(actor, model), **{f"{key}__in": list(keys)}).order_by(key)
    if lock:
        query = query.select_for_update()
    return dict(await query.values_list(key, column))


def missing(
    model: type[Model], keys: Iterable[object], seen: Collection[object], member: str
) -> list[Fault]:
    """NOT_FOUND for each key that is not among those seen; None stands for no key."""
    what = policy.rule(model.__name__).text
    return [
        not_found(f"/{n}/{member}", what)
        for n, key in enumerate(keys)
        if key is not None and key not in seen
    ]


def twice(keys: Sequence[object], member: str) -> list[Fault]:
    """INVALID for each key that another before it has too."""
    seen: set[object] = set()
    faults = []
    for n, key in enumerate(keys):
        if key in seen:
            faults.append(
                invalid(f"/{n}/{member}", "与前面的一条重复。", "There is one like it before.")
            )
        seen.add(key)
    return faults


async def note(actor: Actor | None, subject: str, **given: Iterable[str]) -> None:
    """Leave an entry for each area or grid: how often its code comes up, for each name in `given`.

    `households=["370114001001001", …]` leaves `{"households": 20}` at that grid.
    """
    counts: dict[str, dict[str, int]] = {}
    for what, codes in given.items():
        for code, count in Counter(codes).items():
            counts.setdefault(code, {})[what] = count
    await entry.write_many(
        entry.entry(
            actor,
            subject_type=subject,
            subject_id=int(code),
            kind="SETTLED",
            grid_code=code,
            changes=changes,
        )
        for code, changes in counts.items()
    )

"""Use cases about areas: taking them over from a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gridql.access import enforce, policy
from gridql.access.codes import covers
from gridql.access.roles import Actor
from gridql.database import settled, transaction
from gridql.domain.areas.import_rules import AreaRow, AreaSheet, placed
from gridql.domain.areas.models import Area
from gridql.domain.areas.rules import AreaEventKind
from gridql.errors import Fault, Refusal, not_found
from gridql.journal import entry
from gridql.journal.models import Entry

T = TypeVar("T")

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class AreaChange:
    """What an import did to an area that was there."""

    code: str
    kind: AreaEventKind
    name_before: str
    name: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import has come to: counts of areas, and the changes one by one."""

    new: int
    changed: tuple[AreaChange, ...]
    unchanged: int


def _nothing(count: int) -> None:
    """Nobody wants to know how far it is."""


async def import_areas(
    actor: Actor | None, sheet: AreaSheet, advance: Callable[[int], None] = _nothing
) -> Imported:
    """Make the areas of the sheet that are new, and rename those that have another name there.

    Areas that the sheet does not have stay as they are. `advance` hears of so many rows done at a
    time. Raises FORBIDDEN for a role that imports nothing; INVALID with everything that is wrong
    with the sheet, by line and column; NOT_FOUND for what the actor would change outside of their
    scope. Nothing is written then.
    """
    enforce.require(actor, "Area.import")
    return await settled(lambda: _import(actor, sheet, advance))


async def _import(
    actor: Actor | None, sheet: AreaSheet, advance: Callable[[int], None]
) -> Imported:
    async with transaction():
        rows, faults = placed(sheet, await _existing(sheet.parents()))
        there = await _existing(row.code for row in rows)
        new = [_area(row) for row in rows if row.code not in there]
        changes = [
            (there[row.code], changes)
            for row in rows
            if row.code in there and (changes := _changes(there[row.code], row))
        ]
        touched = {area.code for area in new} | {area.code for area, _ in changes}
        faults += _out_of_scope(actor, [row for row in rows if row.code in touched])
        if faults:
            raise Refusal(faults)
        advance(len(rows) - len(touched))
        for chunk in _chunks(new):
            await Area.bulk_create(chunk)
            advance(len(chunk))
        entries = [_imported(actor, area) for area in new]
        changed = []
        for area, what in changes:
            before = area.name
            kind = AreaEventKind.RENAMED if what.keys() - {"parent_id"} else AreaEventKind.MOVED
            await area.update_from_dict(what).save(update_fields=list(what))
            entries.append(_entry(actor, area, kind, what))
            changed.append(AreaChange(area.code, kind, before, area.name))
            advance(1)
        if entries:
            await entry.write_many(entries)
    return Imported(len(new), tuple(changed), len(rows) - len(touched))


async def _existing(codes: Iterable[str]) -> dict[str, Area]:
    """The areas of these codes that exist, held until the transaction ends."""
    found: dict[str, Area] = {}
    for chunk in _chunks(sorted(codes)):
        areas = await Area.filter(code__in=chunk).order_by("code").select_for_update()
        found |= {area.code: area for area in areas}
    return found


def _area(row: AreaRow) -> Area:
    return Area(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        level=row.level,
        parent_id=row.parent_code,
    )


def _changes(area: Area, row: AreaRow) -> dict[str, str]:
    said = {"name": row.name, "name_en": row.name_en, "parent_id": row.parent_code}
    return {
        column: value
        for column, value in said.items()
        if value is not None and value != getattr(area, column)
    }


def _out_of_scope(actor: Actor | None, rows: Sequence[AreaRow]) -> list[Fault]:
    if actor is None:
        return []
    what = policy.rule("Area").text
    return [
        not_found(f"/{row.line}/code", what) for row in rows if not covers(actor.scopes, row.code)
    ]


def _imported(actor: Actor | None, area: Area) -> Entry:
    columns = ("level", "name", "name_en", "parent_id")
    said = {name: value for name in columns if (value := getattr(area, name)) is not None}
    return _entry(actor, area, AreaEventKind.IMPORTED, said)


def _entry(actor: Actor | None, area: Area, kind: AreaEventKind, changes: dict[str, str]) -> Entry:
    columns = {"parent_id": "parent_code"}
    return entry.entry(
        actor,
        subject_type="Area",
        subject_id=int(area.code),
        kind=kind,
        grid_code=area.code,
        changes={columns.get(name, name): str(value) for name, value in changes.items()},
    )


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]

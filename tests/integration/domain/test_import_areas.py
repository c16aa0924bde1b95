"""Importing areas, on both databases: what is written, what the journal says, who may."""

from __future__ import annotations

import pytest

from gridql.access.roles import Actor, Role
from gridql.database import Database
from gridql.domain.areas.actions import AreaChange, Imported, import_areas
from gridql.domain.areas.import_rules import AreaSheet, read_sheet
from gridql.domain.areas.models import Area
from gridql.domain.areas.rules import AreaEventKind, AreaLevel
from gridql.errors import Refusal
from gridql.journal.models import Entry

pytestmark = pytest.mark.anyio

TREE = """level,code,name_zh,parent_code,name_en
province,370000,山东省,,
city,370100,济南市,370000,
district,370114,章丘区,370100,Zhangqiu District
street,370114001,明水街道,370114,
community,370114001003,车站社区,370114001,
"""

DISTRICT = Actor(7, "章丘区", Role.DISTRICT, ("370114",))


def sheet(text: str = TREE) -> AreaSheet:
    """The file `text`, read."""
    return read_sheet(text.encode())


async def kinds() -> list[tuple[str, str | None]]:
    """The journal: what happened, and where."""
    return [(entry.kind, entry.grid_code) for entry in await Entry.all().order_by("id")]


async def test_new_areas_stand_in_their_tree(database: Database) -> None:
    done = await import_areas(None, sheet())

    assert done == Imported(new=5, changed=(), unchanged=0)
    street = await Area.get(code="370114001")
    assert (street.name, street.level, street.parent_id) == (
        "明水街道",
        AreaLevel.STREET,
        "370114",
    )
    assert (await Area.get(code="370114")).name_en == "Zhangqiu District"
    assert (await Area.get(code="370000")).parent_id is None


async def test_each_new_area_leaves_an_entry(database: Database) -> None:
    await import_areas(None, sheet())

    assert await kinds() == [
        ("IMPORTED", "370000"),
        ("IMPORTED", "370100"),
        ("IMPORTED", "370114"),
        ("IMPORTED", "370114001"),
        ("IMPORTED", "370114001003"),
    ]
    entry = await Entry.get(grid_code="370114")
    assert (entry.subject_type, entry.subject_id, entry.actor_role) == ("Area", 370114, "OPERATOR")
    assert entry.changes == {
        "level": "DISTRICT",
        "name": "章丘区",
        "name_en": "Zhangqiu District",
        "parent_code": "370100",
    }


async def test_the_second_time_nothing_changes(database: Database) -> None:
    await import_areas(None, sheet())
    done = await import_areas(None, sheet())

    assert done == Imported(new=0, changed=(), unchanged=5)
    assert await Entry.all().count() == 5


async def test_another_name_renames_and_an_empty_one_in_english_leaves_what_was(
    database: Database,
) -> None:
    await import_areas(None, sheet())
    renamed = TREE.replace("明水街道", "明水镇").replace("Zhangqiu District", "")
    done = await import_areas(None, sheet(renamed))

    change = AreaChange("370114001", AreaEventKind.RENAMED, "明水街道", "明水镇")
    assert done == Imported(new=0, changed=(change,), unchanged=4)
    assert (await kinds())[5:] == [("RENAMED", "370114001")]
    assert (await Entry.get(kind="RENAMED")).changes == {"name": "明水镇"}
    assert (await Area.get(code="370114")).name_en == "Zhangqiu District"


async def test_a_district_moves_below_its_city_when_that_comes(database: Database) -> None:
    alone = "level,code,name_zh,parent_code\ndistrict,370114,章丘区,\n"
    await import_areas(None, sheet(alone))
    done = await import_areas(None, sheet())
    again = await import_areas(None, sheet(alone))

    assert [(change.code, change.kind) for change in done.changed] == [
        ("370114", AreaEventKind.RENAMED)  # it has got an English name too
    ]
    assert (await Area.get(code="370114")).parent_id == "370100"
    assert again == Imported(new=0, changed=(), unchanged=1)


async def test_nothing_is_written_when_one_row_is_wrong(database: Database) -> None:
    wrong = TREE + "street,370115001,外区街道,370115,\nhamlet,370114002,双山,370114,\n"

    with pytest.raises(Refusal) as refused:
        await import_areas(None, sheet(wrong))

    assert [fault.path for fault in refused.value.faults] == ["/7/parent_code", "/8/level"]
    assert await Area.all().count() == 0
    assert await Entry.all().count() == 0


async def test_progress_is_told_for_every_row(database: Database) -> None:
    done: list[int] = []
    streets = "".join(f"street,370114{n:03},街道{n},370114,\n" for n in range(1, 700))
    first = TREE + streets.replace("street,370114001,街道1,370114,\n", "")

    await import_areas(None, sheet(first))
    await import_areas(None, sheet(first.replace("街道69", "新街道69")), done.append)

    assert sum(done) == 703
    assert await Area.filter(name__startswith="新街道").count() == 11


async def test_who_may_and_where(database: Database) -> None:
    with pytest.raises(Refusal, match="may not import areas"):
        await import_areas(Actor(8, "明水", Role.STREET, ("370114001",)), sheet())
    with pytest.raises(Refusal) as refused:
        await import_areas(DISTRICT, sheet())
    assert [fault.path for fault in refused.value.faults] == ["/2/code", "/3/code"]
    await import_areas(None, sheet())

    done = await import_areas(DISTRICT, sheet(TREE.replace("车站", "站前")))

    assert (done.new, len(done.changed), done.unchanged) == (0, 1, 4)
    assert (await Entry.get(kind="RENAMED")).actor_id == 7

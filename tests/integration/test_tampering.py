"""Whatever is done to stored entries behind gridql's back, `verify` finds it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from gridql.access.roles import Actor, Role
from gridql.database import Database, transaction
from gridql.journal import entry as journal
from gridql.journal.models import Entry
from gridql.journal.sequencer import number
from gridql.journal.verify import verify
from gridql.rows import utc_text

pytestmark = pytest.mark.anyio

WORKER = Actor(5, "张三", Role.GRID_WORKER, ("370114001003001",))
TOTAL = 12
TAMPERINGS = {"sqlite": 1000, "postgres": 200}

Row = dict[str, Any]
COLUMNS = list(Entry._meta.db_fields)

TEXTS: dict[str, list[Any]] = {
    "hash": ["0" * 64, "f" * 64, "", None],
    "actor_role": ["DISTRICT", "OPERATOR", "clock", ""],
    "subject_type": ["Hazard", "Area", "hazard"],
    "grid_code": ["370114001003002", "370114", "", None],
    "kind": ["REPORTED", "CLOSED", "VOIDED"],
    "from_state": ["REPORTED", "DISPATCHED", None],
    "to_state": ["CLOSED", "VOIDED", None],
    "note": ["已整改", "已整改 ", "", None],
    "changes": ['{"n":1}', '{"n": 1}', "{}", "null", None],
}
"""What a column may be changed to; also to what it holds in another entry."""


async def chained(database: Database) -> list[Row]:
    """A small journal, whose first entries are from before `recorded_at` was kept."""
    async with transaction():
        await journal.write_many(
            journal.entry(
                WORKER if n % 3 else None,
                subject_type="Hazard",
                subject_id=n // 2,
                kind="REPORTED" if n % 2 else "RETURNED",
                grid_code="370114001003001" if n % 4 else None,
                from_state="REPORTED" if n % 2 else None,
                to_state="DISPATCHED",
                revision=n % 5 or None,
                note=f"说明 {n % 3}" if n % 3 else None,
                changes={"n": n // 3} if n % 2 else None,
            )
            for n in range(TOTAL)
        )
        await Entry.filter(id__lte=4).update(recorded_at=None, position=None, hash=None)
        if database.dialect == "sqlite":  # it numbers what is written at once
            await Entry.all().update(position=None, hash=None)
            await database.connection().execute_query("DELETE FROM chain")
            await journal.write_many([])
    await number(database)
    assert (await verify(database)).breaks == []
    rows = await database.connection().execute_query_dict("SELECT * FROM entry ORDER BY position")
    assert [row["position"] for row in rows] == list(range(1, TOTAL + 1))
    return rows


async def put(database: Database, rows: Sequence[Row]) -> None:
    """Let the table hold exactly these rows."""
    marks = [f"${n}" if database.dialect == "postgres" else "?" for n in range(1, len(COLUMNS) + 1)]
    insert = f"INSERT INTO entry ({', '.join(COLUMNS)}) VALUES ({', '.join(marks)})"
    async with transaction() as connection:
        await connection.execute_query("DELETE FROM entry")
        if rows:
            await connection.execute_many(insert, [[row[each] for each in COLUMNS] for row in rows])


Tamper = Callable[[random.Random, list[Row]], None]


def change(chance: random.Random, rows: list[Row]) -> None:
    """Another value in one column, or in several, of one entry."""
    row = chance.choice(rows)
    for column in chance.sample(COLUMNS, chance.choice([1, 1, 1, 2, 3])):
        row[column] = another(chance, rows, row, column)


def another(chance: random.Random, rows: list[Row], row: Row, column: str) -> Any:
    """A value that the column does not hold in this entry."""
    candidates = [each[column] for each in rows]
    if column in TEXTS:
        candidates += TEXTS[column]
    elif column in ("occurred_at", "recorded_at"):
        candidates += [None] if column == "recorded_at" else []
        candidates += [later(each[column], chance) for each in rows if each[column]]
    elif column in ("id", "position"):  # two entries cannot have the same
        candidates = [-row[column], row[column] + 10 * TOTAL, 0]
        candidates += [None] if column == "position" else []
    else:
        candidates += [chance.randrange(-(2**31), 2**31), 0]
        candidates += [None] if column in ("actor_id", "revision") else []
    return chance.choice([each for each in candidates if each != row[column]])


def later(moment: Any, chance: random.Random) -> Any:
    """Another moment, as the database has it."""
    by = timedelta(milliseconds=chance.choice([1, 1000, -86_400_000]))
    if isinstance(moment, str):
        return utc_text(datetime.fromisoformat(moment) + by)
    return moment + by


def remove(chance: random.Random, rows: list[Row]) -> None:
    """One entry is gone, or several are; now and then without leaving a gap."""
    for _ in range(chance.choice([1, 1, 2, 5, TOTAL])):
        rows.pop(chance.randrange(len(rows)))
    if chance.random() < 0.5:
        close_up(rows)


def swap(chance: random.Random, rows: list[Row]) -> None:
    """Two entries change places, with or without their hashes, or change what they tell."""
    one, other = chance.sample(rows, 2)
    exchange(one, other, chance.choice([["position"], ["position", "hash"], TOLD, [*TOLD, "hash"]]))


def exchange(one: Row, other: Row, columns: Sequence[str]) -> None:
    for column in columns:
        one[column], other[column] = other[column], one[column]


TOLD = sorted({*COLUMNS} - {"id", "position", "hash"})


def shuffle(chance: random.Random, rows: list[Row]) -> None:
    """Some entries in a row, or all, come in another order."""
    first = chance.randrange(len(rows) - 2)
    last = chance.randrange(first + 2, len(rows) + 1)
    part = rows[first:last]
    chance.shuffle(part)
    rows[first:last] = part
    close_up(rows)


def insert(chance: random.Random, rows: list[Row]) -> None:
    """An entry that nobody wrote: before all, between two, or behind all."""
    forged = dict(chance.choice(rows), id=99)
    if chance.random() < 0.5:
        forged["note"] = "伪造"
    place = chance.choice(["between", "between", "before", "behind"])
    if place == "between":
        rows.insert(chance.randrange(len(rows)), forged)
        close_up(rows)
    else:
        forged["position"] = chance.choice([0, -1] if place == "before" else [TOTAL + 1, 500])
        rows.append(forged)


def close_up(rows: list[Row]) -> None:
    """Positions without gaps, in the order in which the rows stand."""
    for position, row in enumerate(rows, 1):
        row["position"] = position


KINDS: Sequence[Tamper] = (change, change, remove, swap, shuffle, insert)


async def test_a_thousand_tamperings_are_found(database: Database) -> None:
    rows = await chained(database)
    chance = random.Random(11)
    done, missed = 0, []
    while done < TAMPERINGS[database.dialect]:
        tampered = [dict(row) for row in rows]
        tamper = chance.choice(KINDS)
        tamper(chance, tampered)
        if by_id(tampered) == by_id(rows):  # two that say the same have changed places
            continue
        done += 1
        await put(database, tampered)
        if not (await verify(database)).breaks:
            missed.append((tamper.__name__, tampered))
    assert missed == []

    await put(database, rows)
    assert (await verify(database)).breaks == []


def by_id(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row["id"])


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        "note = CAST(x'ff' AS TEXT)",
        "note = CAST(note AS BLOB)",
        "kind = CAST(kind AS BLOB)",
        "revision = 9e999",
        "position = 3.5",
        "position = 'third'",
        "position = x'03'",
        "hash = CAST(hash AS BLOB)",
        "occurred_at = 20260501",
        "recorded_at = replace(recorded_at, '+00:00', 'Z')",
    ],
)
async def test_values_that_only_sqlite_can_hold_are_found(database: Database, change: str) -> None:
    await chained(database)
    # The sixth has no revision: what is no number has to differ from that, too.
    await database.connection().execute_query(f"UPDATE entry SET {change} WHERE position = 6")
    assert (await verify(database)).breaks != []


async def test_breaks_are_named(database: Database) -> None:
    rows = await chained(database)
    await Entry.filter(position=2).update(note="not what was said")
    await Entry.filter(position__in=[4, 5]).delete()
    await Entry.filter(position=7).update(position=-7)
    await Entry.filter(position=12).delete()
    assert (await verify(database)).breaks == [
        f"entry {rows[6]['id']}: there is no position -7 in the chain",
        f"position 2: entry {rows[1]['id']} is not what was sealed",
        "positions 4 to 5: missing",
        "position 7: missing",
        "position 12: missing",
    ]


async def test_the_end_of_the_chain_shows_what_was_cut_off_or_added(database: Database) -> None:
    await chained(database)
    connection = database.connection()
    await connection.execute_query("UPDATE chain SET position = 10")
    assert (await verify(database)).breaks == [
        "position 10: not the entry that the chain ends with",
        "positions 11 to 12: beyond the end of the chain",
    ]
    await connection.execute_query("DELETE FROM chain")
    assert (await verify(database)).breaks == ["the end of the chain is gone"]


async def test_a_verdict_that_was_kept_shows_what_was_chained_anew(database: Database) -> None:
    rows = await chained(database)
    kept = [(position, rows[position - 1]["hash"]) for position in (5, 12)]
    sound = await verify(database, kept)
    assert (sound.position, sound.hash, sound.breaks) == (12, rows[11]["hash"], [])

    # Whoever may write everything seals what they have changed, and cuts off what is behind it.
    async with transaction() as connection:
        await Entry.filter(position__gt=10).delete()
        await Entry.filter(position=3).update(note="另一个说法")
        await Entry.all().update(position=None, hash=None)
        await connection.execute_query("DELETE FROM chain")
        if database.dialect == "sqlite":
            await journal.write_many([])
    await number(database)

    assert (await verify(database)).breaks == []
    assert (await verify(database, [*kept, (1, rows[0]["hash"])])).breaks == [
        "position 5: not the entry that was there before",
        "position 12: missing, and was there before",
    ]


async def test_what_is_written_meanwhile_waits_for_nothing(database: Database) -> None:
    await chained(database)
    await Entry.filter(position=1).update(note="改过")
    async with transaction():
        await journal.write(
            WORKER, subject_type="Hazard", subject_id=1, kind="CLOSED", grid_code=None
        )
        # Not committed, and nobody waits: the verdict is about what stands.
        verdict = await verify(database)
    assert (verdict.position, len(verdict.breaks)) == (12, 1)
    await number(database)
    assert (await verify(database)).position == 13

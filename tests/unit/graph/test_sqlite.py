"""SQLite's JSON, tried on SQLite itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from gridql.graph.kinds import Kind
from gridql.graph.sqlite import Sqlite

sql = Sqlite()


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()


def answer(connection: sqlite3.Connection, expression: str) -> Any:
    (text,) = connection.execute(f"select {expression}").fetchone()
    return orjson.loads(text)


def test_values_of_every_kind(connection: sqlite3.Connection) -> None:
    pairs = [
        ("text", "'say \"你好\"' || char(10) || char(92)"),
        ("number", "12345678901234567"),
        ("half", "0.5"),
        ("nothing", "null"),
        ("yes", sql.json("1", Kind.BOOLEAN)),
        ("no", sql.json("0", Kind.BOOLEAN)),
        ("neither", sql.json("null", Kind.BOOLEAN)),
        ("document", sql.json("""'{"a": [1, null]}'""", Kind.DOCUMENT)),
        ("absent", sql.json("null", Kind.DOCUMENT)),
        ("true", sql.truth("1 < 2")),
        ("false", sql.truth("null")),
        ("list", sql.array(["'a'", "null", sql.truth("1 = 1")])),
        ("inner", sql.object([("x", "1")])),
        ("empty", sql.object([])),
        ("left", sql.unless_null("null", sql.object([("x", "1")]))),
        ("kept", sql.unless_null("0", sql.object([("x", "1")]))),
    ]

    assert answer(connection, sql.object(pairs)) == {
        "text": 'say "你好"\n\\',
        "number": 12345678901234567,
        "half": 0.5,
        "nothing": None,
        "yes": True,
        "no": False,
        "neither": None,
        "document": {"a": [1, None]},
        "absent": None,
        "true": True,
        "false": False,
        "list": ["a", None, True],
        "inner": {"x": 1},
        "empty": {},
        "left": None,
        "kept": {"x": 1},
    }


def test_members_of_documents(connection: sqlite3.Connection) -> None:
    document = """'{"a": {"b": "x"}, "n": null}'"""
    inner = sql.member(sql.member(document, "a"), "b")
    pairs = [
        ("b", inner),
        ("n", sql.member(document, "n")),
        ("none", sql.member(document, "none")),
        ("text", sql.member_text(sql.member(document, "a"), "b")),
        ("no_text", sql.member_text(document, "none")),
    ]

    assert answer(connection, sql.object(pairs)) == {
        "b": "x",
        "n": None,
        "none": None,
        "text": "x",
        "no_text": None,
    }


def test_lists_come_in_order_and_empty_ones_are_empty(connection: sqlite3.Connection) -> None:
    connection.execute("create table t(n)")
    connection.executemany("insert into t values (?)", [(2,), (3,), (1,)])
    item = sql.object([("n", "s.n")])

    def collected(only: str | None) -> Any:
        rows = "(select n from t order by n desc) s"
        return answer(connection, f"(select {sql.collect(item, 's.n desc', only)} from {rows})")

    assert collected(None) == [{"n": 3}, {"n": 2}, {"n": 1}]
    assert collected("s.n < 3") == [{"n": 2}, {"n": 1}]
    assert collected("s.n > 3") == []


@pytest.mark.parametrize("many", [1, 99, 100, 101, 499, 1500])
def test_objects_of_any_size(connection: sqlite3.Connection, many: int) -> None:
    pairs = [(f"key{number}", str(number)) for number in range(many)]

    found = answer(connection, sql.object(pairs))

    assert found == {f"key{number}": number for number in range(many)}
    assert [*found][-1] == f"key{many - 1}"

"""Putting values that Python makes into an answer, wherever their place is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from gridql.graph.compiler import EACH, Finisher
from gridql.graph.reader import finished


def total(columns: Sequence[Any]) -> int:
    return sum(columns)


def done(answer: Any, *finishers: Finisher) -> Any:
    return orjson.loads(finished(orjson.dumps(answer).decode(), finishers))


def test_at_the_top_and_within_lists() -> None:
    answer = {"sum": ["$0", 1, 2], "rows": [{"sum": ["$1", 3]}, None, {"sum": ["$1", 4, 5]}]}

    assert done(
        answer,
        Finisher("$0", ("sum",), total),
        Finisher("$1", ("rows", EACH, "sum"), total),
    ) == {"sum": 3, "rows": [{"sum": 3}, None, {"sum": 9}]}


def test_only_where_its_own_mark_stands() -> None:
    answer = {"rows": [{"x": ["$0", 1]}, {"x": ["$1", 1]}, {"x": 7}, {"x": []}, {}, {"x": None}]}

    assert done(
        answer,
        Finisher("$0", ("rows", EACH, "x"), total),
        Finisher("$1", ("rows", EACH, "x"), lambda columns: "other"),
    ) == {"rows": [{"x": 1}, {"x": "other"}, {"x": 7}, {"x": []}, {}, {"x": None}]}


def test_where_the_way_ends_early() -> None:
    answer = {"a": None, "b": {"c": None}}

    assert done(
        answer, Finisher("$0", ("a", "x"), total), Finisher("$1", ("b", "c", "x"), total)
    ) == {"a": None, "b": {"c": None}}
    assert done(None, Finisher("$0", ("a",), total)) is None

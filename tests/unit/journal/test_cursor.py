"""Cursors: opaque, exact, and refused where they are none."""

import pytest

from gridql.errors import Refusal
from gridql.journal.cursor import decode, encode


@pytest.mark.parametrize(("position", "cursor"), [(0, "ajE6MA"), (41, "ajE6NDE")])
def test_a_cursor_gives_its_position_back(position: int, cursor: str) -> None:
    assert encode(position) == cursor
    assert decode(cursor) == position


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "ajE6",
        "ajE6MA==",
        "ajE6MDE",
        "ajE6LTE",
        "游标",
        "ajE6NDE\n",
        "ajI6NDE",
        "A" * 10_000,
    ],
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        decode(text, "/after")
    assert [(f.code, f.path) for f in refusal.value.faults] == [("INVALID", "/after")]

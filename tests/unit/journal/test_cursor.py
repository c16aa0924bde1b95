"""Cursors: opaque, exact, and refused where they are none."""

import pytest

from gridql.errors import Refusal
from gridql.journal.cursor import decode, encode


@pytest.mark.parametrize(("position", "cursor"), [(0, "0"), (41, "41")])
def test_a_cursor_gives_its_position_back(position: int, cursor: str) -> None:
    assert encode(position) == cursor
    assert decode(cursor) == position


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "007",
        "-1",
        "游标",
        "４１",
        "41\n",
        "4.1",
        "9" * 19,
        "A" * 10_000,
    ],
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        decode(text, "/after")
    assert [(f.code, f.path) for f in refusal.value.faults] == [("INVALID", "/after")]

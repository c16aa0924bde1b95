"""Where texts end that begin with a text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gridql.graph.conditions import first_after

TEXTS = st.text(st.sampled_from("aAzé\ud7ff\ue000山\U0010fffe\U0010ffff"), max_size=4)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("便", "\u4fc0"),
        ("N0", "N1"),
        ("a\ud7ff", "a\ue000"),
        ("a\U0010ffff\U0010ffff", "b"),
        ("", "\U0010ffff" * 256),
        ("\U0010ffff", "\U0010ffff" * 256),
    ],
)
def test_the_first_text_after_all_that_begin_with_it(start: str, end: str) -> None:
    assert first_after(start) == end


@given(TEXTS, TEXTS)
@example("", "\U0010ffff" * 200)
def test_texts_begin_with_it_where_they_lie_between(start: str, text: str) -> None:
    assert (start <= text < first_after(start)) is text.startswith(start)

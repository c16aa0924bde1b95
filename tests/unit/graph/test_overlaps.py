"""How many fields may share a place in the answer."""

from __future__ import annotations

import pytest
from graphql import parse

from gridql.graph.overlaps import overlapping


def asked(text: str) -> list[str]:
    """What the text is refused for."""
    return [error.message for error in overlapping(parse(text))]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        (f"{{ a {{ {'b ' * 63}}} }}", 0),
        (f"{{ a {{ {'b ' * 64}}} }}", 2016),
        # Of eight objects of eight fields each, sixty-four share a place.
        (f"{{ {('a { ' + 'b ' * 8 + '} ') * 8}}}", 2044),
        (f"{{ a {{ {'... { b } ' * 64}}} }}", 2016),
        # Each fragment is a place of its own, too: 2016 and twice 496.
        (
            f"{{ ...A ...B }} fragment A on Q {{ {'a ' * 32}}} fragment B on Q {{ {'a ' * 32}}}",
            3008,
        ),
        # What is spread again is compared once.
        ("{ " + "...A " * 100 + "} fragment A on Q { a }", 0),
        # Other keys are other places.
        ("{ " + " ".join(f"a{n}: a" for n in range(900)) + " }", 0),
    ],
)
def test_pairs_of_one_place(text: str, pairs: int) -> None:
    refused = [f"The operation's overlaps is {pairs}, and may be 2000 at most."] if pairs else []

    assert asked(text) == refused


def test_what_is_spread_to_ever_more_places() -> None:
    chain = "".join(
        f"fragment F{n} on T {{ a {{ ...F{n + 1} }} b {{ ...F{n + 1} }} }} " for n in range(40)
    )

    (message,) = asked("{ ...F0 } " + chain + "fragment F40 on T { a }")

    assert message.startswith("The operation's fields is 10001, and may be 10000")


def test_a_fragment_within_itself_ends() -> None:
    (message,) = asked("{ ...F } fragment F on T { a { ...F } }")

    assert message.startswith("The operation's fields is 10001")

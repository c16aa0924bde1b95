"""Codes: prefixes, the end of a range, scopes."""

import pytest

from gridql.access.codes import covers, prefix, successor
from gridql.errors import Refusal


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("370000", "37"),
        ("370100", "3701"),
        ("370114", "370114"),
        ("370114001", "370114001"),
        ("370114000", "370114000"),
        ("370114001200", "370114001200"),
        ("370114001003001", "370114001003001"),
        ("37", "37"),
        ("3701", "3701"),
    ],
)
def test_only_provinces_and_cities_are_shortened(code: str, expected: str) -> None:
    assert prefix(code) == expected


@pytest.mark.parametrize(
    "code", ["", "3", "37011", "37011400", "37011a", "３７０１１４", "370114\n"]
)
def test_what_is_no_code_is_refused_where_it_stands(code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        prefix(code, "/under")
    assert [(f.code, f.path) for f in refusal.value.faults] == [("INVALID", "/under")]


@pytest.mark.parametrize(
    ("start", "end"),
    [("37", "38"), ("370114", "370115"), ("370199", "370200"), ("09", "10"), ("99", "A")],
)
def test_successor_ends_the_range(start: str, end: str) -> None:
    assert successor(start) == end
    assert start <= start + "999999999" < end


@pytest.mark.parametrize(
    ("scopes", "code", "expected"),
    [
        (("370114",), "370114001003001", True),
        (("370114",), "370115001003001", False),
        (("370000",), "370114001003001", True),
        (("370100",), "370214001003001", False),
        (("370114002", "370114001"), "370114001003", True),
        (("370114001003001",), "370114001003", False),
        ((), "370114", False),
        (("370114",), None, False),
    ],
)
def test_scopes_cover_what_lies_below(
    scopes: tuple[str, ...], code: str | None, expected: bool
) -> None:
    assert covers(scopes, code) is expected

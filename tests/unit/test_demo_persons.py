"""The demo's invented people: numbers that are well-formed, and nobody's."""

from __future__ import annotations

import re
from datetime import date
from random import Random

import pytest

from gridql.cli.demo.persons import People, check_digit
from gridql.domain.people.rules import Gender


@pytest.fixture
def people() -> People:
    """The same people each time."""
    return People(Random(1))


@pytest.mark.parametrize(
    ("digits", "last"),
    # The two examples of GB 11643-1999.
    [("11010519491231002", "X"), ("44052418800101001", "4")],
)
def test_the_check_digit_is_that_of_the_standard(digits: str, last: str) -> None:
    assert check_digit(digits) == last


def test_identity_numbers(people: People) -> None:
    born = date(1987, 3, 9)
    numbers = [people.id_number(born, gender) for gender in (Gender.MALE, Gender.FEMALE) * 2]

    assert [number[:17] for number in numbers] == [
        "99011419870309001",
        "99011419870309002",
        "99011419870309003",
        "99011419870309004",
    ]
    assert all(check_digit(number[:17]) == number[17] for number in numbers)


def test_telephone_numbers_are_in_no_network_and_none_comes_twice(people: People) -> None:
    numbers = [people.phone() for _ in range(100_000)]

    assert all(re.fullmatch("154[0-9]{8}", number) for number in numbers)
    assert len(set(numbers)) == 100_000


def test_a_family_shares_its_name(people: People) -> None:
    assert {people.name(Gender.MALE, "焦")[0] for _ in range(20)} == {"焦"}
    assert {len(people.name(Gender.FEMALE)) for _ in range(50)} == {2, 3}

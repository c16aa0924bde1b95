"""Global ids."""

from __future__ import annotations

import pytest

from gridql.graph.ids import decode_id, encode_id, type_of_id
from gridql.graph.kinds import Kind


def test_an_id_names_a_type_and_a_row() -> None:
    assert encode_id("Hazard", 12) == "Hazard:12"
    assert type_of_id("Hazard:12") == "Hazard"
    assert decode_id("Hazard", Kind.INTEGER, "Hazard:12") == 12
    assert decode_id("Grid", Kind.TEXT, "Grid:370114001003001") == "370114001003001"
    assert decode_id("Hazard", Kind.INTEGER, "Hazard:9223372036854775807") == 2**63 - 1


@pytest.mark.parametrize(
    "none",
    [
        "",
        "12",
        "Hazard",
        "Hazard:",
        "Hazard:x",
        "Hazard:1.0",
        "Hazard:-1",
        "Hazard: 1",
        "Hazard:١",
        "Hazard:1:2",
        "Visit:1",
        "hazard:1",
        "Hazard:9223372036854775808",
        "Hazard:" + "9" * 100_000,
    ],
    ids=lambda none: none[:30],
)
def test_what_is_no_id_of_that_type(none: str) -> None:
    assert decode_id("Hazard", Kind.INTEGER, none) is None


def test_what_names_no_type() -> None:
    assert (type_of_id("12"), type_of_id(""), type_of_id(":1")) == ("", "", "")

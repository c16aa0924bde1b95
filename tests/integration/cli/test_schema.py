"""`schema`: the contract in the repository is the contract of the code."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import build_schema

from gridql import bundled
from gridql.cli.schema import bundled_schema, changes, sdl
from gridql.errors import SetupError
from tests.acceptance.processes import Installation

CONTRACT = bundled.folder("schemas") / "gridql.graphql"


def test_the_contract_is_up_to_date() -> None:
    """If it is not: `gridql schema > schemas/gridql.graphql`, and look at what has changed."""
    assert CONTRACT.read_text(encoding="utf-8") == sdl(bundled_schema())


def test_it_is_printed_without_a_database(nowhere: Installation) -> None:
    printed = nowhere.run("schema")

    assert (printed.returncode, printed.stderr) == (0, "")
    assert printed.stdout == CONTRACT.read_text(encoding="utf-8")


def test_a_file_that_differs_is_told_with_what_it_breaks(
    nowhere: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "before.graphql"
    file.write_text(
        CONTRACT.read_text(encoding="utf-8").replace(
            "type NineSmallPlacesShopV1 {", "type NineSmallPlacesShopV1 {\n  colour: String"
        ),
        encoding="utf-8",
    )

    same = nowhere.run("schema", "--check")
    other = nowhere.run("schema", "--check", str(file))
    misused = nowhere.run("schema", str(file))

    assert (same.returncode, same.stdout) == (0, f"{CONTRACT} is up to date\n")
    assert (other.returncode, other.stdout) == (1, "")
    assert other.stderr == (
        f"error: {file} is not the schema of this version\n"
        "  BREAKING: Field NineSmallPlacesShopV1.colour was removed.\n"
        f"  `gridql schema > {file}` writes it anew\n"
    )
    assert misused.returncode == 2


def test_changes_are_ranked() -> None:
    before = "enum E { A } type Query { e: E gone: Int } "
    after = build_schema("enum E { A B } type Query { e: E more: Int }")

    assert changes(before, after) == [
        "BREAKING: Field Query.gone was removed.",
        "dangerous: Enum value E.B was added.",
        "safe: Field Query.more was added.",
    ]
    assert changes("type Query{e:E more:Int} enum E{A B}", after) == []


@pytest.mark.parametrize("text", ["type {", "type Query { a: B }", ""])
def test_what_is_no_schema_is_refused(text: str) -> None:
    with pytest.raises(SetupError, match="no GraphQL schema"):
        changes(text, build_schema("type Query { a: Int }"))

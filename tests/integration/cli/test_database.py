"""`migrate`, and what waits for it; on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.acceptance.processes import Installation


def test_tables_are_made_once(bare: Installation) -> None:
    first, second = bare.run("migrate"), bare.run("migrate")

    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.splitlines()[0] == "applied 0001_initial"
    assert first.stdout.endswith(" migration(s) applied\n")
    assert (second.returncode, second.stdout, second.stderr) == (0, "all is up to date\n", "")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_folder_and_database_are_made_for_their_owner_only(bare: Installation) -> None:
    folder = bare.folder / "below" / "data"
    url = f"sqlite:///{folder / 'gridql.sqlite3'}"

    made = replace(bare, database_url=url).run("migrate", "--data-dir", str(folder))

    assert made.returncode == 0, made.stderr
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "gridql.sqlite3").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("dialect", ["postgres"], indirect=True)
def test_nothing_is_served_from_a_database_without_tables(bare: Installation) -> None:
    asked = bare.run("serve", "--port", "0")

    assert (asked.returncode, asked.stdout) == (1, "")
    assert asked.stderr.startswith("error: the tables of the database 'test_")
    assert asked.stderr.endswith("first 0001_initial): run `gridql migrate`\n")


def test_a_server_says_where_it_serves_and_ends_in_order(installation: Installation) -> None:
    with installation.serving() as server:
        assert server.said() == (
            f"gridql serves on {server.url} (GraphQL at {server.url}/graphql)\n"
        )

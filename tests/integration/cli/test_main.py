"""The command itself: what it lists, how it refuses, and that it starts without the server."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import gridql
from gridql.cli.main import COMMANDS, app
from tests.acceptance.processes import Installation

ROOT = Path(gridql.__file__).parent.parent


def test_the_console_command_is_this_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["scripts"] == {"gridql": "gridql.cli.main:app"}


def test_every_command_is_listed_and_explains_itself() -> None:
    listed = CliRunner().invoke(app, ["--help"]).output
    for name, place in COMMANDS.items():
        shown = CliRunner().invoke(app, [name, "--help"], prog_name="gridql")

        assert f" {name} " in listed
        assert place.summary in " ".join(listed.replace("│", " ").split())
        assert shown.exit_code == 0
        assert f"gridql {name}" in shown.output


def test_the_list_of_commands_comes_without_the_server() -> None:
    heavy = "{'gridql.server', 'gridql.schema', 'strawberry', 'tortoise', 'jsonschema_rs'}"
    code = f"import sys, gridql.cli.main; print(sorted({heavy} & sys.modules.keys()))"

    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert found.stdout == "[]\n"


def test_the_version_is_told(nowhere: Installation) -> None:
    assert nowhere.run("--version").stdout == f"gridql {gridql.__version__}\n"


def test_an_unknown_command_is_a_fault_of_usage(nowhere: Installation) -> None:
    asked = nowhere.run("migrat")

    assert (asked.returncode, asked.stdout) == (2, "")
    assert "No such command 'migrat'. Did you mean 'migrate'?" in asked.stderr


def test_wrong_settings_are_told_all_together(nowhere: Installation) -> None:
    wrong = replace(nowhere, database_url="mysql://root:secret@host/name")
    asked = wrong.run("serve", "--port", "80000")

    assert (asked.returncode, asked.stdout) == (1, "")
    assert asked.stderr == (
        "error: the settings are wrong:\n"
        "  GRIDQL_DATABASE_URL: has to be sqlite:///path or postgresql://user@host/name\n"
        "  --port: has to be a whole number from 0 to 65535\n"
    )


@pytest.mark.parametrize(
    "command",
    [("serve",), ("token", "list"), ("token", "revoke", "1")],
)
def test_a_database_that_is_not_there_is_not_made(
    nowhere: Installation, command: tuple[str, ...]
) -> None:
    asked = nowhere.run(*command)

    missing = nowhere.folder / "missing"
    assert (asked.returncode, asked.stdout) == (1, "")
    assert asked.stderr == (
        f"error: there is no database {missing / 'gridql.sqlite3'} yet: run `gridql migrate`, "
        "or say with --data-dir or GRIDQL_DATA_DIR where it is\n"
    )
    assert not missing.exists()


def test_a_server_that_does_not_answer_is_told_without_the_password(nowhere: Installation) -> None:
    url = "postgresql://someone:secret@127.0.0.1:1/district"
    asked = replace(nowhere, database_url=url).run("migrate")

    assert asked.returncode == 1
    assert asked.stderr.startswith(
        "error: the database 'district' on 127.0.0.1 cannot be opened: [Errno "
    )
    assert "secret" not in asked.stderr
    assert "Traceback" not in asked.stderr


def test_a_file_that_is_no_database_is_told(nowhere: Installation) -> None:
    path = nowhere.folder / "notes.txt"
    path.write_text("These are notes, and by no means a database of any kind." * 20)

    asked = replace(nowhere, database_url=f"sqlite:///{path}").run("serve")

    assert asked.returncode == 1
    assert asked.stderr == f"error: the database {path} cannot be opened: file is not a database\n"

"""`token create`, `list` and `revoke`; on both databases."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from gridql.access import tokens
from gridql.access.roles import Actor, Role
from gridql.database import Database, connect
from gridql.domain.areas.models import Area, Grid
from gridql.domain.areas.rules import AreaLevel
from gridql.domain.workers.models import GridWorker
from gridql.domain.workers.rules import WorkerKind
from gridql.errors import Unauthenticated
from gridql.journal.models import Entry
from tests.acceptance.processes import Installation

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(installation: Installation) -> AsyncIterator[Database]:
    """The installation's database, open beside the commands."""
    opened = await connect(installation.database_url)
    try:
        yield opened
    finally:
        await opened.close()


async def test_a_token_is_printed_once_and_ends_when_it_is_revoked(
    installation: Installation, database: Database
) -> None:
    made = installation.run("token", "create", "--role", "agency", "--scope", "370114")
    text = made.stdout.removesuffix("\n")
    listed = installation.run("token", "list")

    assert made.returncode == 0
    assert re.fullmatch(r"gql_[A-Za-z0-9_-]{43}", text)
    assert made.stderr == ("token 1 of account 1 (AGENCY 370114); it cannot be shown again:\n")
    assert await tokens.authenticate(database, text) == Actor(
        1, "AGENCY 370114", Role.AGENCY, ("370114",)
    )
    assert text not in listed.stdout
    head, row = listed.stdout.splitlines()
    assert " ".join(head.split()) == "id account name role scopes label created expires revoked"
    assert re.split(r" {2,}", row.strip())[:6] == [
        "1", "1", "AGENCY 370114", "AGENCY", "370114", "command line",
    ]  # fmt: skip

    revoked, again = (installation.run("token", "revoke", "1") for _ in range(2))

    assert (revoked.returncode, revoked.stdout) == (0, "token 1 is revoked\n")
    assert (again.returncode, again.stderr) == (
        1,
        "error: there is no token 1 that is not revoked already\n",
    )
    with pytest.raises(Unauthenticated, match="revoked"):
        await tokens.authenticate(database, text)
    entries = await Entry.all().order_by("id").values_list("subject_type", "kind", "actor_role")
    assert entries == [
        ("Account", "REGISTERED", "OPERATOR"),
        ("Token", "ISSUED", "OPERATOR"),
        ("Token", "REVOKED", "OPERATOR"),
    ]


async def test_everything_about_a_token_can_be_said_and_read_by_a_program(
    installation: Installation, database: Database
) -> None:
    made = installation.run(
        "token", "create", "--role", "DEPARTMENT", "--scope", "370114001", "--scope", "370114002",
        "--department", "FIRE_RESCUE", "--name", "消防", "--label", "laptop", "--expires-in", "30",
        "--json",
    )  # fmt: skip
    told = json.loads(made.stdout)
    [listed] = json.loads(installation.run("token", "list", "--json").stdout)

    text = told.pop("token")
    assert text.startswith("gql_")
    assert listed == told
    expires = datetime.fromisoformat(told.pop("expires"))
    created = datetime.fromisoformat(told.pop("created"))
    assert timedelta(0) < datetime.now(UTC) - created < timedelta(minutes=1)
    assert timedelta(0) <= created + timedelta(days=30) - expires < timedelta(minutes=1)
    assert told == {
        "id": 1,
        "account": 1,
        "name": "消防",
        "role": "DEPARTMENT",
        "scopes": ["370114001", "370114002"],
        "department": "FIRE_RESCUE",
        "label": "laptop",
        "revoked": None,
    }


async def test_a_grid_worker_signs_with_one_account(
    installation: Installation, database: Database
) -> None:
    code = "370114001003001"
    await Area.create(code=code[:12], name="车站社区", level=AreaLevel.COMMUNITY)
    await Grid.create(code=code, name="第一网格", community_id=code[:12])
    worker = await GridWorker.create(grid_id=code, name="王芳", kind=WorkerKind.FULL_TIME)
    create = ("token", "create", "--role", "GRID_WORKER", "--scope", code, "--json", "--worker")

    made = installation.run(*create, f"GridWorker:{worker.id}")
    second = installation.run(*create, str(worker.id))
    unknown = installation.run(*create, "99")
    malformed = installation.run(*create, "Grid:1")

    await worker.refresh_from_db()
    assert worker.account_id == json.loads(made.stdout)["account"]
    assert second.stderr == "error: /worker: The grid worker signs with account 1 already.\n"
    assert unknown.stderr == (
        "error: /worker: There is no such grid worker, or it lies outside your area.\n"
    )
    assert [asked.returncode for asked in (made, second, unknown, malformed)] == [0, 1, 1, 2]
    # Of what was refused nothing is left, no account and no token.
    assert len(json.loads(installation.run("token", "list", "--json").stdout)) == 1


async def test_an_account_that_cannot_be_is_refused(installation: Installation) -> None:
    wrong = installation.run(
        "token", "create", "--role", "DEPARTMENT", "--scope", "370114", "--scope", "12345"
    )
    too_long = installation.run(
        *("token", "create", "--role", "DEPARTMENT", "--scope", "370114"),
        *("--name", "名" * 101, "--department", "F" * 41),
    )
    misspelt = installation.run("token", "create", "--role", "MAYOR", "--scope", "370114")

    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr == (
        "error: /scopes/1: This is no code of an area or a grid: those have 6, 9, 12 or 15 "
        "digits.\n  /department: Which department is it for?\n"
    )
    assert too_long.stderr == (
        "error: /name: It has 1 to 100 letters.\n  /department: 40 letters at most.\n"
    )
    assert misspelt.returncode == 2
    assert "'MAYOR'" in misspelt.stderr

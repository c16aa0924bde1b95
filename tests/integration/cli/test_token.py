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
from gridql.domain.places.models import Place
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
    assert " ".join(head.split()) == (
        "id account name role scopes sandbox label created expires revoked"
    )
    assert re.split(r" {2,}", row.strip())[:7] == [
        "1", "1", "AGENCY 370114", "AGENCY", "370114", "-", "command line",
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
        "sandbox": False,
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


async def test_a_token_needs_a_role_and_a_scope(installation: Installation) -> None:
    nothing = installation.run("token", "create")
    no_scope = installation.run("token", "create", "--role", "AGENCY")

    for asked in (nothing, no_scope):
        assert (asked.returncode, asked.stdout) == (2, "")
        assert "both are needed, or --sandbox instead of them" in asked.stderr


async def test_a_sandbox_token_sees_an_invented_district_and_nothing_else(
    installation: Installation, database: Database
) -> None:
    made, again = (
        installation.run("token", "create", "--sandbox", "--name", name, "--json")
        for name in ("消防", "住建")
    )
    told = json.loads(made.stdout)

    assert told["sandbox"] is True
    assert await tokens.authenticate(database, told["token"]) == Actor(
        told["account"], "消防", Role.AGENCY, ("990101",)
    )
    # The second time everything is there already.
    assert again.returncode == 0
    areas = await Area.all().order_by("code").values_list("code", "name", "name_en", "parent_id")
    assert areas == [
        ("990101", "演练区（虚构）", "Drill District (invented)", None),
        ("990101001", "演练街道（虚构）", "Drill Street (invented)", "990101"),
        ("990101001001", "演练社区（虚构）", "Drill Community (invented)", "990101001"),
    ]
    assert await Grid.all().values_list("code", "community_id") == [
        ("990101001001001", "990101001001")
    ]
    places = await Place.all().order_by("id").values_list("name", "grid_id")
    assert places == [
        ("演练便利店（虚构） Drill Shop (invented)", "990101001001001"),
        ("演练餐馆（虚构） Drill Restaurant (invented)", "990101001001001"),
    ]
    entries = await Entry.all().order_by("id").values_list("subject_type", "kind", "grid_code")
    assert entries == [
        ("Area", "IMPORTED", "990101"),
        ("Area", "IMPORTED", "990101001"),
        ("Area", "IMPORTED", "990101001001"),
        ("Area", "SETTLED", "990101001001"),
        ("Grid", "SETTLED", "990101001001001"),
        *[("Account", "REGISTERED", None), ("Token", "ISSUED", None)] * 2,
    ]


async def test_nobody_sees_the_sandbox_among_other_areas(installation: Installation) -> None:
    beside = installation.run(
        "token", "create", "--role", "AGENCY", "--scope", "370114", "--scope", "990101"
    )
    staff = installation.run("token", "create", "--role", "DISTRICT", "--scope", "990101")
    above = installation.run("token", "create", "--role", "AUDITOR", "--scope", "990000")

    told = "Codes that begin with 99 are those of the sandbox: make a token with --sandbox."
    assert beside.stderr == f"error: /scopes/1: {told}\n"
    assert staff.stderr == above.stderr == f"error: /scopes/0: {told}\n"


@pytest.mark.parametrize(
    "given",
    [("--role", "AGENCY"), ("--scope", "990101"), ("--department", "FIRE"), ("--worker", "1")],
)
async def test_sandbox_takes_the_place_of_what_else_makes_an_account(
    nowhere: Installation, given: tuple[str, str]
) -> None:
    asked = nowhere.run("token", "create", "--sandbox", *given)

    assert asked.returncode == 2
    assert f"{given[0]}: has no place beside --sandbox" in asked.stderr

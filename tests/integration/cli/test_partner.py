"""`partner simulate`: invented hazards in the sandbox, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from gridql.database import Database, connect
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import HazardStatus
from gridql.journal.models import Entry
from tests.acceptance.processes import Installation

pytestmark = pytest.mark.anyio

EVERY_STEP = "2479"
"""A seed with which thirteen hazards go through every step that there is."""


@pytest.fixture
async def database(installation: Installation) -> AsyncIterator[Database]:
    """The installation's database, open beside the commands."""
    opened = await connect(installation.database_url)
    try:
        yield opened
    finally:
        await opened.close()


@dataclass(frozen=True)
class Line:
    """One event as the command prints it."""

    cursor: int
    kind: str
    hazard_id: int
    title: str


def lines(said: str) -> list[Line]:
    """The events that the command has printed."""
    rows = [line.split("  ", 3) for line in said.splitlines()]
    return [
        Line(int(cursor), kind, int(hazard.removeprefix("Hazard:")), title)
        for cursor, kind, hazard, title in rows
    ]


async def test_hazards_are_invented_and_walk_to_their_end(
    installation: Installation, database: Database
) -> None:
    token = installation.run("token", "create", "--sandbox").stdout.strip()
    simulate = ("partner", "simulate", "--token", token, "--every", "0", "--count", "13")

    once, again = (installation.run(*simulate, "--seed", EVERY_STEP) for _ in range(2))

    assert (once.returncode, once.stderr) == (0, "")
    first, second = lines(once.stdout), lines(again.stdout)
    assert {line.kind for line in first} == {
        *("REPORTED", "RECTIFIED_ON_SPOT", "CLOSED", "VOIDED", "REOPENED"),
        *("DISPATCHED", "RETURNED", "ACCEPTED"),
        *("EXTENSION_REQUESTED", "EXTENSION_GRANTED", "EXTENSION_REFUSED"),
        *("RECTIFIED", "RECHECK_FAILED", "RECHECK_PASSED"),
        *("ESCALATED", "MAJOR_CONFIRMED", "MAJOR_REFUTED"),
        *("DEPARTMENTS_CALLED", "SIGNED_IN", "CONTACTED", "ATTENDED"),
    }
    assert len({line.hazard_id for line in first}) == 13
    assert all(line.title.startswith("【演练】") and "(drill: " in line.title for line in first)
    # The same seed tells the same story, of other hazards and further on in the journal.
    assert [(line.kind, line.title) for line in first] == [
        (line.kind, line.title) for line in second
    ]
    cursors = [line.cursor for line in first + second]
    assert cursors == sorted(set(cursors))
    entries = await Entry.filter(subject_type="Hazard").order_by("position")
    assert [(each.position, each.kind, each.subject_id) for each in entries] == [
        (line.cursor, line.kind, line.hazard_id) for line in first + second
    ]
    assert {each.grid_code for each in entries} == {"990101001001001"}
    hazards = await Hazard.all()
    assert {each.description for each in hazards} == {
        "演练数据，并非真实隐患。A drill: nothing of this is real."
    }
    assert {each.status for each in hazards} == {HazardStatus.CLOSED, HazardStatus.VOIDED}


async def test_nothing_is_invented_among_real_hazards(
    installation: Installation, database: Database
) -> None:
    create = ("token", "create", "--role", "AGENCY", "--scope", "370114", "--name", "消防")
    real = installation.run(*create).stdout.strip()

    refused = installation.run("partner", "simulate", "--token", real)
    unknown = installation.run("partner", "simulate", "--token", "gql_nobody")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        "error: the token of 消防 is not marked sandbox, and what is invented for it would stand "
        "among real people's hazards: `gridql token create --sandbox` makes one that is\n"
    )
    assert unknown.stderr == "error: nothing is invented: the token is unknown\n"
    assert await Hazard.all().count() == 0


async def test_the_token_need_not_stand_in_the_command(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = installation.run("token", "create", "--sandbox").stdout.strip()
    monkeypatch.setenv("PARTNER_TOKEN", token)

    told = installation.run("partner", "simulate", "--every", "0", "--count", "1")

    assert told.returncode == 0
    assert lines(told.stdout)[0].kind == "REPORTED"

"""`journal verify`; on both databases."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator

import pytest

from gridql.database import Database, connect, transaction
from gridql.journal import entry as journal
from gridql.journal.models import Entry
from gridql.journal.sequencer import number
from tests.acceptance.processes import Installation

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(installation: Installation) -> AsyncIterator[Database]:
    """The installation's database, open beside the commands, with four entries in its journal."""
    opened = await connect(installation.database_url)
    try:
        async with transaction():
            for subject in range(4):
                await journal.write(
                    None, subject_type="Hazard", subject_id=subject, kind="CLOSED", grid_code=None
                )
        await number(opened)
        yield opened
    finally:
        await opened.close()


async def test_a_sound_journal_says_how_far_it_reaches(
    installation: Installation, database: Database
) -> None:
    second, fourth = await Entry.filter(position__in=[2, 4]).order_by("position")

    walked = installation.run("journal", "verify")
    again = installation.run("journal", "verify", "--expect", f"2:{second.hash}", "--json")

    assert (walked.returncode, walked.stderr) == (0, "")
    assert walked.stdout == f"sound, up to 4:{fourth.hash}\n"
    assert again.returncode == 0
    assert json.loads(again.stdout) == {"position": 4, "hash": fourth.hash, "breaks": []}


async def test_an_empty_journal_is_sound(installation: Installation) -> None:
    walked = installation.run("journal", "verify")

    assert (walked.returncode, walked.stdout) == (0, f"sound, up to 0:{'0' * 64}\n")


async def test_each_break_is_told_in_a_line(installation: Installation, database: Database) -> None:
    kept = installation.run("journal", "verify").stdout.removeprefix("sound, up to ").strip()
    await Entry.filter(position=2).update(note="not what was said")
    await Entry.filter(position=4).delete()
    third = await Entry.get(position=3)

    walked = installation.run("journal", "verify", "--expect", kept)
    told = json.loads(installation.run("journal", "verify", "--json").stdout)

    assert walked.returncode == 1
    assert walked.stdout.splitlines() == [
        "position 2: entry 2 is not what was sealed",
        "position 4: missing",
        "position 4: missing, and was there before",
        f"3 break(s), up to 3:{third.hash}",
    ]
    assert told == {
        "position": 3,
        "hash": third.hash,
        "breaks": ["position 2: entry 2 is not what was sealed", "position 4: missing"],
    }


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize("text", ["4", f"0:{'a' * 64}", f"4:{'g' * 64}", "4:"])
def test_what_is_no_verdict_is_refused(installation: Installation, text: str) -> None:
    refused = installation.run("journal", "verify", "--expect", text)

    assert refused.returncode == 2
    assert re.search("is not a position and a hash", refused.stderr)

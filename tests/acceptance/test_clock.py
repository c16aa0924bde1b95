"""The clock of a running server, by the rules that its operator has named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from gridql.access.roles import Role
from tests.acceptance.processes import Installation
from tests.acceptance.shop import REPORT, UPDATES
from tests.acceptance.town import town_of

NO_GRACE = "[clock]\non_the_spot_minutes = 0\n"


def set_rules(installation: Installation, rules: str) -> None:
    """Name a file with these rules in the installation's settings."""
    (installation.folder / "gridql.toml").write_text('hazard_rules = "rules.toml"\n')
    (installation.folder / "rules.toml").write_text(rules)


async def test_an_agency_hears_that_a_hazard_is_overdue(installation: Installation) -> None:
    set_rules(installation, NO_GRACE)
    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            street = await town.street()
            worker = await town.worker(street)
            agency = await town.someone(Role.AGENCY, street.code)
            async with agency.follow(UPDATES) as updates:
                yesterday = datetime.now(UTC) - timedelta(days=1)
                await worker.do(REPORT, **hazard(street.grid, yesterday.isoformat()))
                reported, overdue = await updates.take(2)

    assert (reported["kind"], reported["revision"]) == ("REPORTED", 1)
    assert (overdue["kind"], overdue["revision"]) == ("OVERDUE", 2)
    assert (overdue["from"], overdue["to"]) == ("REPORTED", "REPORTED")
    assert overdue["hazard"]["id"] == reported["hazard"]["id"]


def test_rules_that_are_wrong_stop_the_start(installation: Installation) -> None:
    set_rules(installation, "[calendar]\nholiday = []\n[calls]\nsign_in_minutes = 0\n")

    done = installation.run("serve", "--port", "0")

    assert done.returncode == 1
    assert done.stderr.split("\n")[1:3] == [
        "  calendar.holiday: there is no such rule; did you mean holidays?",
        "  calls.sign_in_minutes: has to be a whole number from 1 to 100000",
    ]


def hazard(grid_code: str, due_at: str) -> dict[str, Any]:
    """The input of a report by hand."""
    return {
        "title": "电线裸露",
        "severity": "SERIOUS",
        "category": "ELECTRICAL",
        "gridCode": grid_code,
        "dueAt": due_at,
    }

"""The sandbox beside a running server: a partner is told what is invented, and nobody else is."""

from __future__ import annotations

import asyncio

from gridql.access.roles import Role
from tests.acceptance.callers import Caller
from tests.acceptance.processes import Installation
from tests.acceptance.shop import REPORT, UPDATES, titles
from tests.acceptance.town import DISTRICT, town_of

END = "{ journalEnd }"
SEEN = "{ hazards { totalCount } hazardEvents { totalCount } }"


async def test_what_is_invented_is_told_to_sandbox_tokens_alone(
    installation: Installation,
) -> None:
    token = installation.run("token", "create", "--sandbox").stdout.strip()
    simulate = ("partner", "simulate", "--token", token, "--every", "0", "--count", "2")
    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            partner = Caller(town.http, token)
            street = await town.street()
            office = await town.someone(Role.DISTRICT, DISTRICT)
            begin = (await partner.ask(END))["journalEnd"]

            # What lies between the end of the journal and the subscription is not missed.
            first = await asyncio.to_thread(installation.run, *simulate)
            async with partner.follow(UPDATES, after=begin) as updates:
                second = await asyncio.to_thread(installation.run, *simulate)
                told = [line.split("  ", 3) for line in (first.stdout + second.stdout).splitlines()]
                seen = await updates.take(len(told))
                assert [each["cursor"] for each in seen] == [cursor for cursor, *_ in told]
                assert [each["kind"] for each in seen] == [kind for _, kind, *_ in told]
                assert titles(seen) == [title for *_, title in told]

                # Nothing real is told in the sandbox, and nothing invented outside of it.
                payload = await office.do(
                    REPORT,
                    title="电线裸露",
                    severity="SERIOUS",
                    category="ELECTRICAL",
                    gridCode=street.grid,
                )
                assert payload["problems"] == []
                third = await asyncio.to_thread(installation.run, *simulate)
                (next_one,) = await updates.take(1)
                assert next_one["cursor"] == third.stdout.split("  ", 1)[0]

            assert await office.ask(SEEN) == {
                "hazards": {"totalCount": 1},
                "hazardEvents": {"totalCount": 1},
            }

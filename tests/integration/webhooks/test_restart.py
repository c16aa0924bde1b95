"""What a server that starts again knows of its webhooks."""

from __future__ import annotations

from pathlib import Path

from gridql.database import connect
from gridql.domain.agencies.models import Webhook
from tests.integration.webhooks.office import GRID, move_in, open_parts, titles
from tests.receiver import Reply, receiving


async def test_where_it_was_and_when_it_is_due_are_known_after_a_restart(
    database_url: str, tmp_path: Path
) -> None:
    replies = iter([Reply(), Reply(500)])
    async with receiving(lambda _: next(replies, Reply())) as receiver:
        async with open_parts(database_url, tmp_path) as parts:
            office = await move_in(parts, "甲")
            webhook, _ = await office.register(receiver.url, filter={"under": GRID})
            await office.report("一", "二")
            row = await office.until(webhook, lambda found: found.tries == 1)
            due = row.next_try_at
        assert (await _claims(database_url)) == [None]

        # The first pause is of five seconds, and goes on where it was
        async with open_parts(database_url, tmp_path) as parts:
            office = await move_in(parts, "甲")
            row = await office.until(webhook, lambda found: found.claimed_by is not None)
            assert (row.tries, row.next_try_at) == (1, due)
            await office.report("三")
            assert titles(await receiver.until(4)) == ["一", "二", "二", "三"]
            log = await office.log(webhook, 3)
            assert due is not None and log[2].tried_at >= due


async def _claims(database_url: str) -> list[str | None]:
    """Who has claimed each webhook, while no server runs."""
    database = await connect(database_url)
    try:
        return [row.claimed_by for row in await Webhook.all()]
    finally:
        await database.close()

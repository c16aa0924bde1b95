"""Who delivers what: claims, leases that run out, and what a courier may still write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gridql import clock
from gridql.access import accounts
from gridql.access.roles import Role
from gridql.access.vault import Keys, Vault
from gridql.database import Database
from gridql.domain.agencies import delivery
from gridql.domain.agencies.delivery import Lost, Sent
from gridql.domain.agencies.models import Courier, Webhook, WebhookDelivery
from gridql.domain.agencies.rules import DeliveryFailure, WebhookReason, WebhookStatus
from gridql.journal.tail import Numbered
from gridql.server.leasing import Lease, Seen

EVENT = Numbered(7, 7, "Hazard", 1, "370114001003001", "REPORTED")
LONG_AGO = timedelta(hours=1)


@pytest.fixture
async def webhook(database: Database) -> Webhook:
    """One that nobody delivers yet."""
    account = await accounts.register("协作单位", Role.AGENCY, ["370114001"])
    return await Webhook.create(
        account_id=account.id,
        label="指挥系统",
        url="https://hooks.example/",
        selection="{ kind }",
        lang="zh",
        seal_id=clock.new_uuid(),
        secret_sealed="",
        position=5,
        created_at=clock.now(),
    )


async def die(lease: Lease) -> None:
    """Let everybody else take that courier for dead."""
    await Courier.filter(name=lease.name).update(alive_until=clock.now() - LONG_AGO)


async def claimed(lease: Lease) -> bool:
    """Whether the courier has the one webhook, after it has tried to get it."""
    assert await lease.renew()
    for seen in await lease.look():
        if seen.claimed_by == lease.name or await lease.claim(seen):
            return True
    return False


async def test_one_at_a_time_and_another_when_it_is_dead(
    database: Database, webhook: Webhook
) -> None:
    one, other = Lease(database), Lease(database)

    assert await claimed(one)
    assert not await claimed(other)
    assert await claimed(one)

    await die(one)
    assert await claimed(other)


async def test_of_two_who_take_over_at_once_only_one_does(
    database: Database, webhook: Webhook
) -> None:
    dead, one, other = Lease(database), Lease(database), Lease(database)
    assert await claimed(dead)
    await die(dead)
    assert await one.renew() and await other.renew()

    both = [await one.look(), await other.look()]
    assert both == [[Seen(webhook.id, 1, dead.name)]] * 2
    assert await one.claim(both[0][0])
    assert not await other.claim(both[1][0])


async def test_what_is_let_go_is_anybodys_at_once(database: Database, webhook: Webhook) -> None:
    one, other = Lease(database), Lease(database)
    assert await claimed(one)

    await one.end()

    assert await claimed(other)
    assert [row.name for row in await Courier.all()] == [other.name]


async def test_one_that_is_not_active_is_nobodys(database: Database, webhook: Webhook) -> None:
    lease = Lease(database)
    for status in (WebhookStatus.PARKED, WebhookStatus.DISABLED):
        await Webhook.all().update(status=status)
        assert await lease.look() == []


async def test_a_lease_that_has_run_out_goes_on_under_another_name(
    database: Database, webhook: Webhook
) -> None:
    lease = Lease(database, renew_s=0)
    assert await claimed(lease)
    assert lease.held
    before = lease.name
    await die(lease)

    assert not await lease.renew()

    assert lease.name != before
    assert [row.name for row in await Courier.all()] == [lease.name]
    with pytest.raises(Lost):
        await delivery.load(webhook.id, lease.name)


async def test_who_has_lost_it_writes_nothing(database: Database, webhook: Webhook) -> None:
    one, other = Lease(database), Lease(database)
    assert await claimed(one)
    mine = await delivery.load(webhook.id, one.name)
    await die(one)
    assert await claimed(other)
    before = await Webhook.all().values()

    for writing in (
        delivery.settle(mine, one.name, EVENT, Sent(1), [1.0]),
        delivery.passed(mine, one.name, 7),
        delivery.stop(mine, one.name, WebhookStatus.PARKED, WebhookReason.CURSOR_EXPIRED),
    ):
        with pytest.raises(Lost):
            await writing

    assert await Webhook.all().values() == before
    assert await WebhookDelivery.all().count() == 0


async def test_what_its_account_has_changed_meanwhile_stands(
    database: Database, webhook: Webhook
) -> None:
    lease = Lease(database)
    assert await claimed(lease)
    mine = await delivery.load(webhook.id, lease.name)
    # While it is sent, its account puts it elsewhere
    await Webhook.all().update(position=3, version=2, tries=0)

    await delivery.settle(mine, lease.name, EVENT, Sent(1, DeliveryFailure.STATUS, 500), [1.0])
    now = await Webhook.get()
    assert (now.position, now.tries, now.next_try_at) == (3, 0, None)
    await delivery.settle(mine, lease.name, EVENT, Sent(1), [1.0])
    assert (await Webhook.get()).position == 3
    assert await WebhookDelivery.all().count() == 2


async def test_an_endpoint_that_asks_to_be_left_alone_is(
    database: Database, webhook: Webhook
) -> None:
    lease = Lease(database)
    assert await claimed(lease)
    now = clock.now()
    with clock.using(clock.HeldClock(now)):
        mine = await delivery.load(webhook.id, lease.name)
        busy = Sent(1, DeliveryFailure.STATUS, 429, retry_after_s=90)
        mine = await delivery.settle(mine, lease.name, EVENT, busy, [5.0, 200.0])
        assert mine.next_try_at == now + timedelta(seconds=90)
        mine = await delivery.settle(mine, lease.name, EVENT, busy, [5.0, 200.0])
        waits: Any = mine.next_try_at - now
    assert timedelta(seconds=200) <= waits <= timedelta(seconds=220)


async def test_the_log_goes_back_thirty_days(database: Database, webhook: Webhook) -> None:
    now = clock.now()
    for days in (0, 29, 31, 400):
        await WebhookDelivery.create(
            webhook_id=webhook.id,
            event_id=days,
            position=days,
            try_number=1,
            tried_at=now - timedelta(days=days),
            duration_ms=1,
            outcome="DELIVERED",
            replayed=False,
        )

    assert await delivery.sweep(now - delivery.KEPT) == 2
    assert [row.event_id for row in await WebhookDelivery.all().order_by("id")] == [0, 29]


async def test_a_long_log_is_shortened_piece_by_piece(database: Database, webhook: Webhook) -> None:
    now = clock.now()
    tries = [
        WebhookDelivery(
            webhook_id=webhook.id,
            event_id=number,
            position=number,
            try_number=1,
            tried_at=now - timedelta(days=31),
            duration_ms=1,
            outcome="DELIVERED",
            replayed=False,
        )
        for number in range(1001)
    ]
    await WebhookDelivery.bulk_create(tries, batch_size=100)

    assert await delivery.sweep(now - delivery.KEPT) == 1000
    assert await delivery.sweep(now - delivery.KEPT) == 1
    assert await delivery.sweep(now - delivery.KEPT) == 0


async def test_the_secret_before_signs_along_until_its_time(
    database: Database, webhook: Webhook
) -> None:
    vault = Vault(Keys.new())
    now = clock.now()
    webhook.secret_sealed = vault.seal("webhook", "secret", webhook.seal_id, "new")
    webhook.previous_secret_sealed = vault.seal(
        "webhook", "previous_secret", webhook.seal_id, "old"
    )
    webhook.previous_secret_until = now
    with clock.using(clock.HeldClock(now - timedelta(seconds=1))):
        assert delivery.live_secrets(vault, webhook) == ["new", "old"]
    with clock.using(clock.HeldClock(now)):
        assert delivery.live_secrets(vault, webhook) == ["new"]

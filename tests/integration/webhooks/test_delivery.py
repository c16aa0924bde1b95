"""Webhooks delivered over real sockets: order, failures, replay, rotation, and who delivers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from gridql import clock
from gridql.access.accounts import Standing
from gridql.domain.agencies.models import Courier, Webhook
from gridql.domain.agencies.rules import (
    DeliveryFailure,
    DeliveryOutcome,
    WebhookReason,
    WebhookStatus,
)
from gridql.journal.models import Entry
from gridql.server.delivering import Delivery, Tools
from gridql.server.leasing import Lease
from gridql.server.parts import Parts
from gridql.server.pinning import Resolver
from gridql.server.sending import Sender
from tests.conftest import Postgres
from tests.integration.webhooks.office import (
    DISABLE,
    OTHER_GRID,
    OTHER_STREET,
    RESUME,
    ROTATE,
    UPDATE,
    Office,
    move_in,
    move_out,
    open_parts,
    titles,
)
from tests.receiver import Reply, receiving

TINY = [0.02] * 9
"""Nine pauses, as many as there are by default."""


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
async def parts(
    request: pytest.FixtureRequest, anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Parts]:
    """A server on each kind of database, for all tests here."""
    folder = tmp_path_factory.mktemp("webhooks")
    url = f"sqlite:///{folder / 'gridql.sqlite3'}"
    if request.param == "postgres":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.url(postgres.create())
    async with open_parts(url, folder, webhook_pauses_s=TINY) as parts:
        yield parts


@pytest.fixture
async def office(parts: Parts, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """Accounts of the test's own on that server."""
    office = await move_in(parts, request.node.name)
    yield office
    await move_out(office)


async def test_an_event_is_a_signed_cloudevent(office: Office) -> None:
    async with receiving() as receiver:
        webhook, secret = await office.register(receiver.url, selection="{ kind }")
        await office.report("堆放杂物")
        [message] = await receiver.until(1)

        [event] = await office.events(1)
        shown = await office.ask(
            "query($id: ID!) { node(id: $id) { ... on HazardEvent { occurredAt hazard { id } } } }",
            id=event.id,
        )
        assert message.event == {
            "specversion": "1.0",
            "id": event.id,
            "source": "/gridql",
            "type": "gridql.hazard.reported",
            "subject": shown["node"]["hazard"]["id"],
            "time": shown["node"]["occurredAt"],
            "datacontenttype": "application/json",
            "cursor": str(event.position),
            "data": {"kind": "REPORTED"},
        }
        assert message.headers["content-type"] == "application/cloudevents+json"
        assert message.headers["webhook-id"] == event.id
        assert message.headers["user-agent"].startswith("gridql/")
        assert message.faults(secret) == []
        row = await office.until(webhook, lambda found: found.position == event.position)
        assert row.last_delivered_at is not None


async def test_each_endpoint_gets_its_events_in_order_one_at_a_time(office: Office) -> None:
    async with receiving(lambda _: Reply(after_s=0.01)) as one, receiving() as other:
        await office.register(one.url)
        await office.register(other.url, filter={"severity": ["MINOR"]})
        expected = [f"隐患{number}" for number in range(20)]
        await office.report(*expected)
        await office.report("小隐患", severity="MINOR")

        assert titles(await one.until(21)) == [*expected, "小隐患"]
        assert one.most_at_once == 1
        assert titles(await other.until(1)) == ["小隐患"]


async def test_one_that_begins_at_a_cursor_gets_what_came_since(office: Office) -> None:
    await office.report("旧的", "新的")
    old, _ = await office.events(2)
    async with receiving() as receiver:
        await office.register(receiver.url, after=str(old.position))

        assert titles(await receiver.until(1)) == ["新的"]


async def test_what_fails_is_tried_again_with_the_same_id_before_all_that_follows(
    office: Office,
) -> None:
    replies = iter([Reply(500, body="忙".encode() * 300), Reply(302, {"location": "/"})])
    async with receiving(lambda _: next(replies, Reply())) as receiver:
        webhook, secret = await office.register(receiver.url)
        await office.report("一", "二")
        messages = await receiver.until(4)

        assert titles(messages) == ["一", "一", "一", "二"]
        assert {message.path for message in messages} == {"/hook"}
        one, two = await office.events(2)
        assert [message.headers["webhook-id"] for message in messages[:3]] == [one.id] * 3
        assert all(message.faults(secret) == [] for message in messages)
        await office.until(webhook, lambda found: found.position == two.position)
        assert [
            (row.try_number, row.outcome, row.failure, row.http_status, row.detail, row.position)
            for row in await office.log(webhook, 4)
        ] == [
            (1, DeliveryOutcome.FAILED, DeliveryFailure.STATUS, 500, "忙" * 200, one.position),
            (2, DeliveryOutcome.FAILED, DeliveryFailure.REDIRECT, 302, None, one.position),
            (3, DeliveryOutcome.DELIVERED, None, 204, None, one.position),
            (1, DeliveryOutcome.DELIVERED, None, 204, None, two.position),
        ]


async def test_after_the_tenth_try_it_is_parked_at_the_event_and_goes_on_from_there(
    office: Office,
) -> None:
    broken = True
    async with receiving(lambda _: Reply(503) if broken else Reply()) as receiver:
        webhook, _ = await office.register(receiver.url)
        await office.report("一", "二")
        row = await office.until(webhook, lambda found: found.status is WebhookStatus.PARKED)

        assert titles(receiver.messages) == ["一"] * 10
        one, _ = await office.events(2)
        assert (row.reason, row.position) == (WebhookReason.TRIES_EXHAUSTED, one.position - 1)
        assert [each.outcome.value for each in await office.log(webhook, 10)] == [
            *["FAILED"] * 9,
            "PARKED",
        ]

        broken = False
        payload = await office.do(RESUME, webhookId=webhook)
        assert payload["webhook"]["status"] == "ACTIVE"
        assert titles(await receiver.until(12))[10:] == ["一", "二"]


async def test_410_disables_it_at_once(office: Office) -> None:
    async with receiving(lambda _: Reply(410)) as receiver:
        webhook, _ = await office.register(receiver.url)
        await office.report("一")
        row = await office.until(webhook, lambda found: found.status is WebhookStatus.DISABLED)

        [event] = await office.events(1)
        assert (row.reason, row.position) == (WebhookReason.GONE, event.position - 1)
        assert len(receiver.messages) == 1
        assert [each.failure for each in await office.log(webhook, 1)] == [DeliveryFailure.GONE]


async def test_a_range_is_delivered_again_in_order_before_all_others(office: Office) -> None:
    async with receiving() as receiver:
        webhook, _ = await office.register(receiver.url)
        await office.report("一", "二", "三", "四")
        await receiver.until(4)
        second, third = (message.event["cursor"] for message in receiver.messages[1:3])
        last = (await office.events(4))[-1]
        await office.until(webhook, lambda found: found.position == last.position)

        payload = await office.redeliver(webhook, second, third)
        assert payload["problems"] == []
        await receiver.until(6)
        await office.report("五")

        assert titles(await receiver.until(7)) == ["一", "二", "三", "四", "二", "三", "五"]
        row = await office.until(webhook, lambda found: found.replay_until is None)
        assert row.replay_position is None
        log = await office.log(webhook, 7)
        assert [each.replayed for each in log] == [*[False] * 4, True, True, False]


async def test_a_parked_one_that_is_asked_for_a_range_sends_nothing_twice_behind_it(
    office: Office,
) -> None:
    broken = True
    async with receiving(lambda _: Reply(500) if broken else Reply()) as receiver:
        webhook, _ = await office.register(receiver.url)
        await office.report("一", "二", "三")
        await office.until(webhook, lambda found: found.status is WebhookStatus.PARKED)
        broken = False

        one, two, _ = await office.events(3)
        payload = await office.redeliver(webhook, str(one.position), str(two.position))
        assert payload["webhook"] == {
            "id": webhook,
            "status": "ACTIVE",
            "reason": None,
            "replayUntil": str(two.position),
        }

        assert titles(await receiver.until(13))[10:] == ["一", "二", "三"]


async def test_a_new_secret_signs_beside_the_old_one(office: Office) -> None:
    async with receiving() as receiver:
        webhook, old = await office.register(receiver.url)
        rotated = await office.do(ROTATE, webhookId=webhook)
        new = rotated["secret"]
        assert rotated["webhook"]["previousSecretUntil"] is not None
        await office.report("一")
        [message] = await receiver.until(1)

        assert len(message.headers["webhook-signature"].split(" ")) == 2
        assert message.faults(old) == message.faults(new) == []

        # A second one, and the first is forgotten
        newest = (await office.do(ROTATE, webhookId=webhook))["secret"]
        await office.report("二")
        message = (await receiver.until(2))[1]
        assert message.faults(new) == message.faults(newest) == []
        assert len(message.faults(old)) == 1


async def test_what_its_account_changes_holds_from_then_on(office: Office) -> None:
    async with receiving(lambda _: Reply(500)) as one, receiving() as other:
        webhook, _ = await office.register(one.url)
        await office.report("一")
        await one.until(1)

        changed = await office.do(
            UPDATE, webhookId=webhook, url=other.url, selection="{ hazard { title } }", filter=None
        )
        assert changed["problems"] == []
        assert (await other.until(1))[0].event["data"] == {"hazard": {"title": "一"}}

        await office.do(DISABLE, webhookId=webhook)
        await office.until(webhook, lambda found: found.claimed_by is None)
        await office.report("二")
        assert (await office.do(RESUME, webhookId=webhook))["webhook"]["status"] == "ACTIVE"
        assert titles(await other.until(2)) == ["一", "二"]


async def test_whoever_waits_for_a_turn_is_asked_for_its_rights_when_it_comes(
    office: Office,
) -> None:
    async with receiving(lambda _: Reply(after_s=4)) as receiver:
        for _ in range(9):
            await office.register(receiver.url)
        await office.report("楼道堆物")
        await receiver.until(8)
        await office.move_agency(OTHER_STREET)
        await asyncio.sleep(3)

        # So many messages of one account are sent at once.
        assert len(receiver.messages) == 8


async def test_it_says_what_its_account_sees_at_the_time(office: Office) -> None:
    async with receiving() as receiver:
        webhook, _ = await office.register(receiver.url)
        await office.report("一")
        await receiver.until(1)

        await office.move_agency(OTHER_STREET)
        await office.report("二")
        await office.report("三", gridCode=OTHER_GRID)
        assert titles(await receiver.until(2)) == ["一", "三"]

        await office.disable_account()
        await office.report("四", gridCode=OTHER_GRID)
        row = await office.until(webhook, lambda found: found.status is WebhookStatus.DISABLED)
        assert row.reason is WebhookReason.NOT_ALLOWED
        assert len(receiver.messages) == 2


async def test_a_place_that_is_not_kept_any_more_parks_it(office: Office) -> None:
    async with receiving() as receiver:
        webhook, _ = await office.register(receiver.url)
        await office.do(DISABLE, webhookId=webhook)
        beyond = office.parts.services.tail.head() + 1000
        row = await office.webhook(webhook)
        await Webhook.filter(id=row.id).update(position=beyond, status="ACTIVE", reason=None)

        row = await office.until(webhook, lambda found: found.status is WebhookStatus.PARKED)
        assert (row.reason, row.position) == (WebhookReason.CURSOR_EXPIRED, beyond)
        refused = await office.do(RESUME, webhookId=webhook)
        assert [each["code"] for each in refused["problems"]] == ["CURSOR_EXPIRED"]
        head = str(office.parts.services.tail.head())
        assert (await office.do(RESUME, webhookId=webhook, after=head))["problems"] == []
        await office.report("一")
        assert titles(await receiver.until(1)) == ["一"]


async def test_a_selection_that_the_schema_has_outgrown_disables_it(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    async with receiving() as receiver:
        webhook, _ = await office.register(receiver.url)
        row = await office.webhook(webhook)
        await Webhook.filter(id=row.id).update(selection="{ colour }", version=2)
        await office.report("一")

        row = await office.until(webhook, lambda found: found.status is WebhookStatus.DISABLED)
        assert row.reason is WebhookReason.SELECTION_INVALID
        assert receiver.messages == []
    assert "Cannot query field 'colour' on type 'HazardEvent'." in caplog.text


async def test_what_happens_to_it_by_itself_is_in_the_journal(office: Office) -> None:
    async with receiving(lambda _: Reply(410)) as receiver:
        webhook, _ = await office.register(receiver.url)
        await office.report("一")
        row = await office.until(webhook, lambda found: found.status is WebhookStatus.DISABLED)

    entries = await Entry.filter(subject_type="Webhook", subject_id=row.id).order_by("id")
    assert [(each.kind, each.actor_role, each.changes) for each in entries[1:]] == [
        ("DISABLED", "CLOCK", {"reason": "GONE"})
    ]


async def test_a_process_that_was_not_heard_of_sends_nothing_more(office: Office) -> None:
    database = office.parts.services.database
    lease, resolver = Lease(database), Resolver()
    sender = Sender(resolver, private_addresses=True)
    tools = Tools(office.parts, sender, Standing(database), TINY, "/gridql")
    async with receiving() as receiver:
        webhook, _ = await office.register(receiver.url)
        await office.do(DISABLE, webhookId=webhook)
        row = await office.webhook(webhook)
        # Given a courier that all others take for alive, and that does not know it of itself
        later = clock.now() + timedelta(hours=1)
        await Courier.create(name=lease.name, alive_until=later)
        await Webhook.filter(id=row.id).update(status="ACTIVE", claimed_by=lease.name)
        await office.report("一")

        await Delivery(row.id, lease, row.version, tools).run()
        assert receiver.messages == []

        # When it does, it sends
        assert await lease.renew()
        running = asyncio.create_task(Delivery(row.id, lease, row.version, tools).run())
        assert titles(await receiver.until(1)) == ["一"]
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await lease.end()
    await sender.close()
    resolver.close()

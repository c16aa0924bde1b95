"""Delivering one webhook: one event after the other, each until it was taken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from gridql import clock
from gridql.access import enforce
from gridql.access.accounts import Standing
from gridql.access.roles import Actor
from gridql.domain.agencies import delivery
from gridql.domain.agencies.delivery import Lost, Sent
from gridql.domain.agencies.models import Webhook
from gridql.domain.agencies.rules import (
    DeliveryFailure,
    WebhookReason,
    WebhookStatus,
    document,
)
from gridql.errors import Lang, Refusal
from gridql.graph.context import Context
from gridql.graph.executor import Request
from gridql.graph.following import Feed
from gridql.graph.responses import Result
from gridql.journal.tail import Numbered
from gridql.server import cloudevents
from gridql.server.leasing import Lease
from gridql.server.parts import Parts
from gridql.server.sending import Sender

log = logging.getLogger("gridql.webhooks")

SAVE_AFTER_S = 60.0
SAVE_AFTER = 1000
"""After so long, or so many entries that did not concern it, a webhook's place is written down."""

_LONGEST_WAIT_S = 60
"""After an error of our own; the first one waits for a second, each further one twice as long."""

_WHEN = {
    "sqlite": "select json_quote(occurred_at) from entry where id = ?1",
    "postgres": "select to_json(occurred_at)::text from entry where id = $1",
}


@dataclass(frozen=True, slots=True)
class Tools:
    """What all deliveries of one process share."""

    parts: Parts
    sender: Sender
    standing: Standing
    pauses_s: Sequence[float]
    source: str
    """What CloudEvents name as where they come from."""


class Delivery:
    """One webhook, delivered by one courier."""

    def __init__(self, webhook_id: int, lease: Lease, version: int, tools: Tools) -> None:
        self.version = version
        """The last change of its account that this was told of."""
        self._id = webhook_id
        self._lease = lease
        self._courier = lease.name
        self._tools = tools
        self._stirred = asyncio.Event()
        self._feed: tuple[object, Feed] | None = None
        self._errors = 0

    def stir(self, version: int) -> None:
        """Its account has changed something: look at it again instead of waiting on."""
        self.version = version
        self._stirred.set()

    async def run(self) -> None:
        """Until it is not to be delivered any more, or not by this courier, or cancelled."""
        with suppress(Lost):
            while True:
                self._stirred.clear()
                try:
                    await self._go_on(await delivery.load(self._id, self._courier))
                except Lost:
                    raise
                except Exception:  # a database that restarts, most likely
                    wait_s = min(2**self._errors, _LONGEST_WAIT_S)
                    self._errors += 1
                    log.exception("webhook %d waits for %d s", self._id, wait_s)
                    await asyncio.sleep(wait_s)

    async def _go_on(self, webhook: Webhook) -> None:
        """Deliver until something is otherwise than when the webhook was loaded."""
        tail = self._tools.parts.services.tail
        start = webhook.stands_at
        try:
            await tail.require(start)
        except Refusal:
            await self._stop(webhook, WebhookStatus.PARKED, WebhookReason.CURSOR_EXPIRED)
            return
        place = _Place(webhook, start)
        entries = tail.follow(start)
        until: int | None = webhook.replay_until
        while (until is None or place.position < until) and (
            entry := await self._next(entries, place)
        ):
            if until is not None and entry.position > until:
                break
            if not await self._deliver(place, entry):
                return
        through = until is not None and place.webhook.replay_until is not None
        if through and not self._stirred.is_set():
            # The range is through, and nothing at its end concerned the webhook.
            await delivery.passed(place.webhook, self._courier, place.webhook.replay_until)

    async def _next(self, entries: AsyncIterator[Numbered], place: _Place) -> Numbered | None:
        """The next entry; None as soon as the webhook's account has changed something."""
        tail = self._tools.parts.services.tail
        if self._stirred.is_set():
            return None
        if tail.head() > place.position:
            return await anext(entries)
        coming = asyncio.ensure_future(anext(entries))
        stirred = asyncio.create_task(self._stirred.wait())
        try:
            while True:
                await asyncio.wait(
                    (coming, stirred), timeout=SAVE_AFTER_S, return_when=asyncio.FIRST_COMPLETED
                )
                if stirred.done():
                    return None
                if coming.done():
                    return coming.result()
                await self._save(place)
        finally:
            for each in (coming, stirred):
                each.cancel()
            await asyncio.gather(coming, stirred, return_exceptions=True)

    async def _deliver(self, place: _Place, entry: Numbered) -> bool:
        """Deliver one entry, as often as it takes; False when the webhook is to be loaded again."""
        while True:
            if not await self._wait_for_turn(place.webhook):
                return False
            told = await self._told(place.webhook, entry)
            if told is None:
                place.position = entry.position
                if place.unsaved >= SAVE_AFTER or place.webhook.tries:
                    # Also where an event that failed before is none for this account any more.
                    await self._save(place)
                return True
            # Not only the message: a thousand that want to write at once would keep the process
            # from renewing its lease.
            async with self._tools.sender.turn(place.webhook.account_id):
                webhook = await delivery.load(self._id, self._courier)
                if webhook.version != place.webhook.version:
                    return False
                if not self._lease.held:
                    raise Lost  # others may send the same by now
                told = await self._told(webhook, entry)
                if told is None:
                    continue  # it has waited for its turn, and is not to hear of it any more
                sent = await self._send(webhook, entry, told)
                place.webhook = await delivery.settle(
                    webhook, self._courier, entry, sent, self._tools.pauses_s
                )
            self._errors = 0
            if place.webhook.version != webhook.version:
                return False
            if sent.failure is None:
                place.position = place.saved = entry.position
                return True

    async def _told(self, webhook: Webhook, entry: Numbered) -> bytes | None:
        """What the entry says to the webhook's account as it stands now; None where nothing."""
        actor = await self._tools.standing.of(webhook.account_id)
        if actor is None or not enforce.may(actor, "Webhook.register"):
            await self._stop(webhook, WebhookStatus.DISABLED, WebhookReason.NOT_ALLOWED)
            raise Lost
        # By now the hazard may be otherwise than at the last try, or not to be seen any more.
        since = self._tools.parts.services.tail.head()
        return await (await self._feed_of(webhook, actor)).answer(entry, since)

    async def _feed_of(self, webhook: Webhook, actor: Actor) -> Feed:
        """What the journal says to the webhook; made anew when the account or the schema is."""
        parts = self._tools.parts
        key = (parts.served, parts.services, actor, webhook.version)
        if self._feed is not None and self._feed[0] == key:
            return self._feed[1]
        lang: Lang = "zh" if webhook.lang == "zh" else "en"
        context = Context(actor, lang, f"webhook-{webhook.id}", parts.services)
        variables = {"filter": webhook.event_filter}
        found = parts.engine.feed(Request(document(webhook.selection), None, variables), context)
        if isinstance(found, Result):
            log.error("webhook %d does not fit the schema: %s", webhook.id, found.body.decode())
            await self._stop(webhook, WebhookStatus.DISABLED, WebhookReason.SELECTION_INVALID)
            raise Lost
        self._feed = (key, found)
        return found

    async def _wait_for_turn(self, webhook: Webhook) -> bool:
        """Until the next try is due; False when the account has changed something meanwhile."""
        at: Any = webhook.next_try_at
        wait_s = 0.0 if at is None else (at - clock.now()).total_seconds()
        if wait_s > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), wait_s)
        return not self._stirred.is_set()

    async def _send(self, webhook: Webhook, entry: Numbered, told: bytes) -> Sent:
        response = orjson.loads(told)
        if "errors" in response:
            log.error("webhook %d: event %d cannot be told", webhook.id, entry.id)
            return Sent(0, DeliveryFailure.EVENT)
        (data,) = response["data"].values()
        services = self._tools.parts.services
        when = await services.database.read(_WHEN[services.database.dialect], [entry.id])
        body = cloudevents.body(entry, orjson.loads(when or "null"), self._tools.source, data)
        secrets = delivery.live_secrets(services.vault, webhook)
        headers = cloudevents.headers(secrets, cloudevents.event_id(entry), body)
        return await self._tools.sender.send(webhook.url, headers, body)

    async def _save(self, place: _Place) -> None:
        if place.unsaved:
            place.webhook = await delivery.passed(place.webhook, self._courier, place.position)
            place.saved = place.position

    async def _stop(self, webhook: Webhook, status: WebhookStatus, reason: WebhookReason) -> None:
        log.warning("webhook %d is %s: %s", webhook.id, status, reason)
        await delivery.stop(webhook, self._courier, status, reason)


class _Place:
    """How far a webhook has come in the journal, since it was loaded."""

    def __init__(self, webhook: Webhook, position: int) -> None:
        self.webhook = webhook
        self.position = self.saved = position

    @property
    def unsaved(self) -> int:
        """How far the place lies behind the one that is written down."""
        return self.position - self.saved

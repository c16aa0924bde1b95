"""What delivering writes down about a webhook: how far it has come, what failed, and how it ended.

Everything here is done in the name of a courier, and only while the webhook is that one's: whoever
has lost it finds out when it wants to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gridql import clock
from gridql.access.vault import Vault
from gridql.database import transaction
from gridql.domain.agencies.models import Webhook, WebhookDelivery
from gridql.domain.agencies.rules import (
    DeliveryFailure,
    DeliveryOutcome,
    WebhookReason,
    WebhookStatus,
    pause_s,
)
from gridql.journal import entry
from gridql.journal.tail import Numbered

KEPT = timedelta(days=30)
"""How long the log of deliveries goes back."""

SWEPT_AT_ONCE = 1000
"""Rows of the log that are removed at once, so that nobody waits for it."""


class Lost(Exception):
    """The webhook is not this courier's any more, or not to be delivered."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a message: delivered, where there is no failure."""

    duration_ms: int
    failure: DeliveryFailure | None = None
    http_status: int | None = None
    detail: str | None = None
    """The beginning of what the endpoint said, if it failed."""
    retry_after_s: float = 0.0
    """How long the endpoint asks to be left alone."""


def live_secrets(vault: Vault, webhook: Webhook) -> list[str]:
    """The secrets that a message of now is signed with, the newest first."""
    key = webhook.seal_id
    found = [vault.unseal("webhook", "secret", key, webhook.secret_sealed)]
    until: datetime | None = webhook.previous_secret_until
    if webhook.previous_secret_sealed is not None and until is not None and clock.now() < until:
        sealed = webhook.previous_secret_sealed
        found.append(vault.unseal("webhook", "previous_secret", key, sealed))
    return found


async def load(webhook_id: int, courier: str) -> Webhook:
    """The webhook as it is now. Raises Lost; one that is not active is let go first."""
    webhook = await Webhook.get_or_none(id=webhook_id, claimed_by=courier)
    if webhook is None:
        raise Lost
    if webhook.status is not WebhookStatus.ACTIVE:
        idle = Webhook.filter(id=webhook_id, claimed_by=courier)
        await idle.exclude(status=WebhookStatus.ACTIVE).update(claimed_by=None)
        raise Lost
    return webhook


async def passed(webhook: Webhook, courier: str, position: int) -> Webhook:
    """Write down that nothing more up to `position` concerns it; it as it is now. Raises Lost."""
    async with transaction():
        now = await _locked(webhook, courier)
        if _place(now) == _place(webhook):
            now.tries, now.next_try_at = 0, None
            _move(now, position)
            await now.save()
    return now


async def settle(
    webhook: Webhook, courier: str, event: Numbered, sent: Sent, pauses_s: Sequence[float]
) -> Webhook:
    """Write down what came of one try to deliver an event, and when the next one is.

    What its account has changed since the webhook was loaded stands above what the try would
    change. Gives the webhook as it is now. Raises Lost.
    """
    async with transaction():
        now = await _locked(webhook, courier)
        at = clock.now()
        outcome = DeliveryOutcome.FAILED
        if sent.failure is None:
            outcome = DeliveryOutcome.DELIVERED
            now.last_delivered_at = at
            if _place(now) == _place(webhook):
                now.tries, now.next_try_at = 0, None
                _move(now, event.position)
        elif now.version == webhook.version:
            _move(now, event.position - 1)
            outcome = await _failed(now, sent, pauses_s)
        await now.save()
        await WebhookDelivery.create(
            webhook_id=now.id,
            event_id=event.id,
            position=event.position,
            try_number=webhook.tries + 1,
            tried_at=at - timedelta(milliseconds=sent.duration_ms),
            duration_ms=sent.duration_ms,
            outcome=outcome,
            failure=sent.failure,
            http_status=sent.http_status,
            detail=sent.detail,
            replayed=webhook.replay_position is not None,
        )
    if now.claimed_by is None:
        raise Lost
    return now


async def stop(
    webhook: Webhook, courier: str, status: WebhookStatus, reason: WebhookReason
) -> None:
    """Deliver no more, for something that no endpoint can mend. Raises Lost."""
    async with transaction():
        now = await _locked(webhook, courier)
        if now.version == webhook.version:
            await _ended(now, status, reason)
            await now.save()


async def sweep(before: datetime) -> int:
    """Remove the oldest rows that the log has from before that time; how many, SWEPT_AT_ONCE at
    most."""
    old = WebhookDelivery.filter(tried_at__lt=before).order_by("tried_at", "id")
    ids = await old.limit(SWEPT_AT_ONCE).values_list("id", flat=True)
    return await WebhookDelivery.filter(id__in=ids).delete() if ids else 0


async def _locked(webhook: Webhook, courier: str) -> Webhook:
    mine = Webhook.filter(id=webhook.id, claimed_by=courier)
    now = await mine.select_for_update().first()
    if now is None:
        raise Lost
    return now


def _place(webhook: Webhook) -> tuple[int, int | None, int | None]:
    """Where it stands; its account may have put it elsewhere since it was loaded."""
    return webhook.position, webhook.replay_position, webhook.replay_until


def _move(now: Webhook, position: int) -> None:
    """Move on to there, in the range that is asked for again if one is."""
    replay: int | None = now.replay_position
    if replay is None:
        now.position = max(now.position, position)
        return
    # A range that begins before the end of what was delivered, and goes on behind it, leaves
    # nothing out: what was sent again need not be sent once more.
    if replay <= now.position:
        now.position = max(now.position, position)
    done = position >= (now.replay_until or 0)
    now.replay_position = None if done else position
    if done:
        now.replay_until = None


async def _failed(now: Webhook, sent: Sent, pauses_s: Sequence[float]) -> DeliveryOutcome:
    now.tries += 1
    if sent.failure is DeliveryFailure.GONE:
        await _ended(now, WebhookStatus.DISABLED, WebhookReason.GONE)
        return DeliveryOutcome.FAILED
    wait_s = pause_s(pauses_s, now.tries, clock.random_bytes(1)[0] / 256)
    if wait_s is None:
        await _ended(now, WebhookStatus.PARKED, WebhookReason.TRIES_EXHAUSTED)
        return DeliveryOutcome.PARKED
    now.next_try_at = clock.now() + timedelta(seconds=max(wait_s, sent.retry_after_s))
    return DeliveryOutcome.FAILED


async def _ended(now: Webhook, status: WebhookStatus, reason: WebhookReason) -> None:
    before, now.status = now.status, status
    now.reason, now.next_try_at, now.claimed_by = reason, None, None
    await entry.write(
        None,
        subject_type="Webhook",
        subject_id=now.id,
        kind=status.value,
        grid_code=None,
        from_state=before,
        to_state=status,
        revision=now.version,
        changes={"reason": reason.value},
        role=entry.CLOCK,
    )

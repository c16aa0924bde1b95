"""Use cases about webhooks: registering them, changing them, delivering again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from gridql import clock
from gridql.access import enforce
from gridql.access.codes import prefix
from gridql.access.models import Account
from gridql.access.roles import Actor
from gridql.access.vault import Vault
from gridql.database import transaction
from gridql.domain.agencies.models import Webhook
from gridql.domain.agencies.rules import (
    MOST_WEBHOOKS,
    WebhookReason,
    WebhookStatus,
    document,
    label_faults,
    selection_fault,
    selection_text_faults,
    too_many,
    url_faults,
)
from gridql.domain.agencies.signatures import new_secret
from gridql.errors import Fault, Lang, Misuse, Refusal, invalid
from gridql.graph.context import Outlet
from gridql.journal import cursor, entry
from gridql.journal.tail import Tail

OVERLAP = timedelta(hours=24)
"""How long a secret signs along after it was replaced."""

Filter = Mapping[str, Any]
"""A HazardEventFilter as JSON, with the members that were given."""


@dataclass(frozen=True, slots=True)
class WebhookDraft:
    """A webhook as it is registered."""

    url: str
    selection: str
    label: str
    lang: Lang
    event_filter: Filter | None = None
    after: str | None = None
    """The cursor to begin behind; from now on where there is none."""


async def register(
    actor: Actor, outlet: Outlet | None, vault: Vault, tail: Tail, draft: WebhookDraft
) -> tuple[Webhook, str]:
    """Register a webhook of the actor's account; the webhook, and its secret, shown this once.

    Raises FORBIDDEN; INVALID for a URL, a selection or a filter that cannot be taken;
    CURSOR_EXPIRED for a place that is not kept; CONFLICT where the account has too many.
    """
    enforce.require(actor, "Webhook.register")
    outlet = _require(outlet)
    faults = [
        *url_faults(draft.url, private_addresses=outlet.private_addresses),
        *label_faults(draft.label),
        *_selection_faults(outlet, draft.selection),
        *_filter_faults(draft.event_filter),
    ]
    position = await _position(tail, draft.after, "/after", faults)
    seal_id, secret = clock.new_uuid(), new_secret()
    async with transaction():
        # Held until the end, so that two at once cannot both be the last one that is allowed.
        await Account.filter(id=actor.account_id).select_for_update().first()
        if await Webhook.filter(account_id=actor.account_id).count() >= MOST_WEBHOOKS:
            faults.append(too_many())
        if faults:
            raise Refusal(faults)
        webhook = await Webhook.create(
            account_id=actor.account_id,
            label=draft.label,
            url=draft.url,
            event_filter=draft.event_filter,
            selection=draft.selection,
            lang=draft.lang,
            seal_id=seal_id,
            secret_sealed=vault.seal("webhook", "secret", seal_id, secret),
            position=position,
            created_at=clock.now(),
        )
        await _note(actor, webhook, "REGISTERED", None, _about(webhook))
    return webhook, secret


@dataclass(frozen=True, slots=True)
class WebhookChange:
    """What of a webhook is to be otherwise: the members that are named in `given`."""

    given: frozenset[str]
    url: str = ""
    selection: str = ""
    label: str = ""
    event_filter: Filter | None = None


async def update(
    actor: Actor, outlet: Outlet | None, webhook_id: int, change: WebhookChange
) -> Webhook:
    """Change where a webhook leads to or what it says; it goes on from where it is.

    Raises FORBIDDEN; NOT_FOUND for one of another account; INVALID as `register` does.
    """
    outlet = _require(outlet)
    faults: list[Fault] = []
    if "url" in change.given:
        faults += url_faults(change.url, private_addresses=outlet.private_addresses)
    if "label" in change.given:
        faults += label_faults(change.label)
    if "selection" in change.given:
        faults += _selection_faults(outlet, change.selection)
    if "event_filter" in change.given:
        faults += _filter_faults(change.event_filter)
    async with transaction():
        webhook = await _found(actor, webhook_id, faults)
        for name in change.given:
            setattr(webhook, name, getattr(change, name))
        _try_at_once(webhook)
        about = _about(webhook)
        told = {_TOLD[name]: about[_TOLD[name]] for name in sorted(change.given)}
        await _save(actor, webhook, "CHANGED", webhook.status, told)
    return webhook


async def rotate_secret(actor: Actor, vault: Vault, webhook_id: int) -> tuple[Webhook, str]:
    """Give a webhook a new secret, shown this once; the one before signs along for a day.

    One that was still signing along from an earlier change does so no more. Raises FORBIDDEN;
    NOT_FOUND for one of another account.
    """
    secret = new_secret()
    async with transaction():
        webhook = await _found(actor, webhook_id, [])
        key = webhook.seal_id
        before = vault.unseal("webhook", "secret", key, webhook.secret_sealed)
        webhook.previous_secret_sealed = vault.seal("webhook", "previous_secret", key, before)
        webhook.previous_secret_until = clock.now() + OVERLAP
        webhook.secret_sealed = vault.seal("webhook", "secret", key, secret)
        await _save(actor, webhook, "SECRET_ROTATED", webhook.status)
    return webhook, secret


async def disable(actor: Actor, webhook_id: int) -> Webhook:
    """Send nothing more; it stays where it is. Raises FORBIDDEN; NOT_FOUND."""
    async with transaction():
        webhook = await _found(actor, webhook_id, [])
        before, webhook.status = webhook.status, WebhookStatus.DISABLED
        webhook.reason, webhook.next_try_at = WebhookReason.OWNER, None
        await _save(actor, webhook, "DISABLED", before)
    return webhook


async def resume(actor: Actor, tail: Tail, webhook_id: int, after: str | None = None) -> Webhook:
    """Send again, from where it stopped or else from `after` on; what is waited for comes at once.

    Raises FORBIDDEN; NOT_FOUND; CURSOR_EXPIRED, also where it stopped too long ago.
    """
    faults: list[Fault] = []
    given = None if after is None else await _position(tail, after, "/after", faults)
    async with transaction():
        webhook = await _found(actor, webhook_id, faults)
        if given is not None:
            webhook.position = given
            webhook.replay_position = webhook.replay_until = None
        else:
            await tail.require(webhook.stands_at, "/webhookId")
        before = _activate(webhook)
        await _save(actor, webhook, "RESUMED", before)
    return webhook


async def redeliver(actor: Actor, tail: Tail, webhook_id: int, first: str, last: str) -> Webhook:
    """Send a range of events again, in order, before all that is still to come.

    From the cursor `first` to the cursor `last`, both included; a webhook that is not active
    becomes so. Raises FORBIDDEN; NOT_FOUND; CURSOR_EXPIRED; INVALID for a range that ends before
    it begins.
    """
    faults: list[Fault] = []
    begins = await _position(tail, first, "/from", faults)
    ends = await _position(tail, last, "/to", faults)
    if not faults and begins > ends:
        faults.append(invalid("/to", "结束游标早于起始游标。", "The range ends before it begins."))
    async with transaction():
        webhook = await _found(actor, webhook_id, faults)
        webhook.replay_position, webhook.replay_until = max(begins - 1, 0), ends
        before = _activate(webhook)
        about = {"from": str(begins), "to": str(ends)}
        await _save(actor, webhook, "REDELIVERY_ASKED", before, about)
    return webhook


async def _found(actor: Actor, webhook_id: int, faults: list[Fault]) -> Webhook:
    """The actor's webhook, locked; raises Refusal with all faults, where there are any."""
    enforce.require(actor, "Webhook.change")
    webhook = await enforce.find(actor, Webhook, webhook_id, "/webhookId", faults, lock=True)
    if faults or webhook is None:
        raise Refusal(faults)
    return webhook


async def _save(
    actor: Actor,
    webhook: Webhook,
    kind: str,
    before: WebhookStatus,
    changes: Mapping[str, Any] | None = None,
) -> None:
    # Whoever is delivering it meanwhile sees by the version that what they have read is old.
    webhook.version += 1
    await webhook.save()
    await _note(actor, webhook, kind, before, changes)


async def _note(
    actor: Actor,
    webhook: Webhook,
    kind: str,
    before: WebhookStatus | None,
    changes: Mapping[str, Any] | None,
) -> None:
    await entry.write(
        actor,
        subject_type="Webhook",
        subject_id=webhook.id,
        kind=kind,
        grid_code=None,
        from_state=before,
        to_state=webhook.status,
        revision=webhook.version,
        changes=changes,
    )


def _activate(webhook: Webhook) -> WebhookStatus:
    before, webhook.status = webhook.status, WebhookStatus.ACTIVE
    webhook.reason = None  # type: ignore[assignment]  # Tortoise types no column of words as null
    _try_at_once(webhook)
    return before


def _try_at_once(webhook: Webhook) -> None:
    webhook.tries, webhook.next_try_at = 0, None


async def _position(tail: Tail, after: str | None, path: str, faults: list[Fault]) -> int:
    """The position of a cursor that is kept, or the present end; what is wrong joins the faults."""
    if after is None:
        return tail.head()
    try:
        position = cursor.decode(after, path)
        await tail.require(position, path)
    except Refusal as refusal:
        faults += refusal.faults
        return 0
    return position


def _selection_faults(outlet: Outlet, selection: str) -> list[Fault]:
    faults = selection_text_faults(selection)
    if faults:
        return faults
    return [selection_fault(*wrong) for wrong in outlet.faults(document(selection))]


def _filter_faults(given: Filter | None) -> list[Fault]:
    """What the schema lets through and no event could be compared with."""
    code = (given or {}).get("under")
    if code is None:
        return []
    try:
        prefix(code, "/filter/under")
    except Refusal as refusal:
        return list(refusal.faults)
    return []


_TOLD = {"url": "host", "selection": "selection", "label": "label", "event_filter": "filter"}
"""What of a webhook the journal tells, by what can be changed."""


def _about(webhook: Webhook) -> dict[str, Any]:
    """What the journal tells of a webhook: of its URL the host, for the rest may hold a secret."""
    parts = urlsplit(webhook.url)
    return {
        "host": f"{parts.scheme}://{parts.netloc}",
        "selection": webhook.selection,
        "label": webhook.label,
        "filter": webhook.event_filter,
    }


def _require(outlet: Outlet | None) -> Outlet:
    if outlet is None:
        raise Misuse("webhooks are registered where they are delivered")
    return outlet

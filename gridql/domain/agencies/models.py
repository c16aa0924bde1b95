"""Tables of webhooks: the endpoints, the log of what was sent, and who sends at present."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from gridql.access.models import Account
from gridql.domain.agencies.rules import (
    LONGEST_DETAIL,
    LONGEST_LABEL,
    LONGEST_NAME,
    LONGEST_URL,
    DeliveryFailure,
    DeliveryOutcome,
    WebhookReason,
    WebhookStatus,
)
from gridql.rows import DocumentField, Row, UtcField, reference


class Webhook(Row):
    """An endpoint of a partner, and the events that are sent there."""

    account: fields.ForeignKeyRelation[Account] = reference(
        "Account", "The account that registered it, and whose rights it has."
    )
    account_id: int
    label = fields.CharField(LONGEST_LABEL, description="What it is called, for people to read.")
    url = fields.CharField(LONGEST_URL, description="Where events are sent to, by POST.")
    event_filter: Any = DocumentField(
        null=True,
        description="A HazardEventFilter: only events that it lets through, null for all.",
    )
    selection = fields.TextField(
        description="What is sent of each event: a GraphQL selection on HazardEvent."
    )
    lang = fields.CharField(2, description="The language of texts in what is sent.")
    seal_id = fields.UUIDField(description="What the sealed columns of this row are bound to.")
    secret_sealed = fields.TextField(description="What events are signed with, sealed.")
    previous_secret_sealed = fields.TextField(
        null=True, description="What they were signed with before, sealed."
    )
    previous_secret_until = UtcField(
        null=True,
        description="Until when the secret before this one signs along, null for no more.",
    )
    status = fields.CharEnumField(
        WebhookStatus,
        max_length=10,
        default=WebhookStatus.ACTIVE,
        description="Whether it is being delivered.",
    )
    reason = fields.CharEnumField(
        WebhookReason, max_length=20, null=True, description="Why it is not, null while it is."
    )
    position = fields.BigIntField(description="Everything up to here was delivered or passed by.")
    replay_position = fields.BigIntField(
        null=True, description="How far the range has come that is being delivered again."
    )
    replay_until = fields.BigIntField(null=True, description="Where that range ends.")
    tries = fields.IntField(
        default=0, description="How often the event that it stands at was tried without success."
    )
    next_try_at = UtcField(
        null=True, description="When that event is tried again, null while nothing is waited for."
    )
    version = fields.IntField(default=1, description="Counts what its account has changed.")
    claimed_by = fields.CharField(
        LONGEST_NAME, null=True, description="The courier that delivers it."
    )
    created_at = UtcField(description="When it was registered.")
    last_delivered_at = UtcField(
        null=True, description="When an event was last delivered, null if never."
    )

    @property
    def stands_at(self) -> int:
        """Where delivery goes on from: in the range that is asked for again, if one is."""
        replay: int | None = self.replay_position
        return self.position if replay is None else replay

    class Meta:
        table = "webhook"
        indexes = (Index(fields=("account_id", "id")), Index(fields=("status", "claimed_by")))


class WebhookDelivery(Row):
    """One try to deliver one event; kept for thirty days."""

    webhook: fields.ForeignKeyRelation[Webhook] = reference(
        "Webhook", "The webhook.", on_delete=fields.CASCADE
    )
    webhook_id: int
    event_id = fields.BigIntField(description="The event.")
    position = fields.BigIntField(description="Where the event stands in the journal.")
    try_number = fields.IntField(description="The first try has 1.")
    tried_at = UtcField(description="When it was tried.")
    duration_ms = fields.IntField(description="How long it took, in milliseconds.")
    outcome = fields.CharEnumField(DeliveryOutcome, max_length=10, description="What came of it.")
    failure = fields.CharEnumField(
        DeliveryFailure, max_length=20, null=True, description="Why it failed, null if it did not."
    )
    http_status = fields.IntField(
        null=True, description="What the endpoint answered with, null where it gave no answer."
    )
    detail = fields.CharField(
        LONGEST_DETAIL,
        null=True,
        description="The beginning of what the endpoint said when it failed: 200 characters.",
    )
    replayed = fields.BooleanField(description="Whether it was asked for by redeliverWebhook.")

    class Meta:
        table = "webhook_delivery"
        indexes = (
            Index(fields=("webhook_id", "tried_at", "id")),
            Index(fields=("tried_at", "id")),
            Index(fields=("event_id",)),
            Index(fields=("outcome", "tried_at")),
        )


class Courier(Row):
    """A process that delivers webhooks, for as long as it says so."""

    name = fields.CharField(LONGEST_NAME, unique=True, description="What it claims webhooks by.")
    alive_until = UtcField(description="From then on others take over, unless it is renewed.")

    class Meta:
        table = "courier"

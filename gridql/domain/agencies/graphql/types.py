"""Webhooks and the log of what was sent to them, and reading both."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry import auto
from strawberry.scalars import JSON

from gridql.domain.agencies import models
from gridql.domain.agencies.rules import (
    DeliveryFailure,
    DeliveryOutcome,
    WebhookReason,
    WebhookStatus,
)
from gridql.domain.hazards.graphql import HazardEvent
from gridql.graph.connection import Connection
from gridql.graph.enums import graphql_enum
from gridql.graph.expose import expose
from gridql.graph.fields import many, of_column, reading
from gridql.graph.kinds import Kind
from gridql.graph.listing import Listing
from gridql.graph.node import Node
from gridql.graph.reads import ReadOne, ReadSql
from gridql.graph.roots import by_id, page_of
from gridql.graph.scalars import Cursor, Lang

for _enum in (WebhookStatus, WebhookReason, DeliveryOutcome, DeliveryFailure):
    graphql_enum(_enum)


def _cursor(column: str, description: str) -> Any:
    return reading(ReadSql(f"cast({{row}}.{column} as text)", Kind.TEXT), description)


@expose(
    models.WebhookDelivery,
    Listing(
        filters=("outcome", "event_id", "tried_at"),
        orders=("tried_at",),
        default=("TRIED_AT_DESC",),
        references={"event_id": "HazardEvent"},
    ),
)
class WebhookDelivery(Node):
    """One try to deliver one event to a webhook; kept for thirty days."""

    event: HazardEvent | None = reading(
        ReadOne("event_id"), "The event; null where you do not see it any more."
    )
    cursor: Cursor = _cursor("position", "Where the event stands in the journal.")
    try_number: auto
    tried_at: auto
    duration_ms: auto
    outcome: auto
    failure: auto
    http_status: auto
    detail: auto
    replayed: auto


@expose(models.Webhook)
class Webhook(Node):
    """An endpoint of yours, and the events that are sent there, in order, at least once each."""

    label: auto
    url: auto
    filter: JSON | None = of_column(
        "event_filter", "The HazardEventFilter that events have to pass; null for none."
    )
    selection: auto
    lang: Lang = of_column("lang", "The language of texts in what is sent.")
    status: auto
    reason: auto
    cursor: Cursor = _cursor("position", "Everything up to here was delivered or passed by.")
    replay_until: Cursor | None = _cursor(
        "replay_until", "Where the range ends that is being delivered again; null for none."
    )
    tries: auto
    next_try_at: auto
    previous_secret_until: auto
    created_at: auto
    last_delivered_at: auto
    deliveries: Connection[WebhookDelivery] = many(
        WebhookDelivery, "webhook", description="What was sent in the last thirty days."
    )


@strawberry.type
class Query:
    webhook: Webhook | None = by_id(Webhook, "The webhook of yours with that id.")
    webhooks: Connection[Webhook] = page_of(Webhook, "The webhooks of your account.")

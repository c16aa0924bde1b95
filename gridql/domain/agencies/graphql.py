"""Webhooks in the graph: registering and changing them, and the log of what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from typing import Any

import strawberry
from strawberry import auto
from strawberry.scalars import JSON
from strawberry.types.info import Info
from strawberry.utils.str_converters import to_camel_case

from gridql.domain.agencies import actions, models
from gridql.domain.agencies.rules import (
    DeliveryFailure,
    DeliveryOutcome,
    WebhookReason,
    WebhookStatus,
)
from gridql.domain.hazards.graphql import HazardEvent, HazardEventFilter
from gridql.graph import mutations
from gridql.graph.connection import Connection
from gridql.graph.context import Context
from gridql.graph.enums import graphql_enum
from gridql.graph.expose import expose
from gridql.graph.fields import many, of_column, reading
from gridql.graph.kinds import Kind
from gridql.graph.listing import Listing
from gridql.graph.mutations import attempt, mutation
from gridql.graph.node import Node
from gridql.graph.problems import Problem
from gridql.graph.reads import ReadOne, ReadSql
from gridql.graph.roots import by_id, page_of, read_back
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


PROBLEMS = "What stands in the way; all of it."
SHOWN_ONCE = (
    "What every message is signed with (Standard Webhooks, `whsec_…`). Keep it: it is shown this "
    "once. Null with problems."
)
SELECTION = (
    "What to send of each event: a selection on HazardEvent, such as "
    "`{ cursor kind hazard { id title severity } }`."
)
URL = "Where to POST events to: https, on the public internet, without user and password."
FILTER = "Only events that it lets through; all that the account may see unless given."


@strawberry.input(description="A webhook, for the account that registers it.")
class RegisterWebhookInput:
    url: str = strawberry.field(description=URL)
    selection: str = strawberry.field(description=SELECTION)
    label: str = strawberry.field(
        description="What to call it, for people: 1 to 100 characters, no personal data."
    )
    filter: HazardEventFilter | None = strawberry.field(default=None, description=FILTER)
    lang: Lang | None = strawberry.field(
        default=None,
        description="The language of texts in what is sent; your own (Accept-Language) else.",
    )
    after: Cursor | None = strawberry.field(
        default=None,
        description="Begin with what follows this cursor; from now on unless given.",
    )


@strawberry.type(description="What came of registering a webhook.")
class RegisterWebhookPayload:
    webhook: Webhook | None = read_back(Webhook, "webhook_id", "The webhook. Null with problems.")
    secret: str | None = strawberry.field(description=SHOWN_ONCE)
    problems: list[Problem] = strawberry.field(description=PROBLEMS)
    webhook_id: strawberry.Private[int | None] = None


@strawberry.input(description="What of a webhook is to be otherwise; what is left out stays.")
class UpdateWebhookInput:
    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")
    url: str | None = strawberry.field(default=strawberry.UNSET, description=URL)
    selection: str | None = strawberry.field(default=strawberry.UNSET, description=SELECTION)
    label: str | None = strawberry.field(
        default=strawberry.UNSET, description="What to call it: 1 to 100 characters."
    )
    filter: HazardEventFilter | None = strawberry.field(
        default=strawberry.UNSET, description="Only events that it lets through; null for all."
    )


@strawberry.type(description="What came of changing a webhook.")
class UpdateWebhookPayload:
    webhook: Webhook | None = read_back(Webhook, "webhook_id", "The webhook. Null with problems.")
    problems: list[Problem] = strawberry.field(description=PROBLEMS)
    webhook_id: strawberry.Private[int | None] = None


@strawberry.input(description="A new secret for a webhook.")
class RotateWebhookSecretInput:
    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")


@strawberry.type(description="What came of giving a webhook a new secret.")
class RotateWebhookSecretPayload:
    webhook: Webhook | None = read_back(Webhook, "webhook_id", "The webhook. Null with problems.")
    secret: str | None = strawberry.field(description=SHOWN_ONCE)
    problems: list[Problem] = strawberry.field(description=PROBLEMS)
    webhook_id: strawberry.Private[int | None] = None


@strawberry.input(description="A webhook to which nothing more is to be sent.")
class DisableWebhookInput:
    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")


@strawberry.type(description="What came of disabling a webhook.")
class DisableWebhookPayload:
    webhook: Webhook | None = read_back(Webhook, "webhook_id", "The webhook. Null with problems.")
    problems: list[Problem] = strawberry.field(description=PROBLEMS)
    webhook_id: strawberry.Private[int | None] = None


@strawberry.input(description="A webhook that is to go on.")
class ResumeWebhookInput:
    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")
    after: Cursor | None = strawberry.field(
        default=None,
        description="Go on behind this cursor, whatever lies between; from where it stopped "
        "unless given.",
    )


@strawberry.type(description="What came of letting a webhook go on.")
class ResumeWebhookPayload:
    webhook: Webhook | None = read_back(Webhook, "webhook_id", "The webhook. Null with problems.")
    problems: list[Problem] = strawberry.field(description=PROBLEMS)
    webhook_id: strawberry.Private[int | None] = None


@strawberry.input(description="A range of events to be delivered again.")
class RedeliverWebhookInput:
    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")
    from_: Cursor = strawberry.field(name="from", description="Cursor of the first event.")
    to: Cursor = strawberry.field(description="Cursor of the last event.")


@strawberry.type(description="What came of asking for events again.")
class RedeliverWebhookPayload:
    webhook: Webhook | None = read_back(Webhook, "webhook_id", "The webhook. Null with problems.")
    problems: list[Problem] = strawberry.field(description=PROBLEMS)
    webhook_id: strawberry.Private[int | None] = None


@strawberry.type
class Query:
    webhook: Webhook | None = by_id(Webhook, "The webhook of yours with that id.")
    webhooks: Connection[Webhook] = page_of(Webhook, "The webhooks of your account.")


@strawberry.type
class Mutation:
    @mutation("Have events about hazards sent to an https endpoint of yours, signed.")
    async def register_webhook(
        self, info: Info[Context, None], input: RegisterWebhookInput
    ) -> RegisterWebhookPayload:
        context = info.context
        services = context.services
        draft = actions.WebhookDraft(
            url=input.url,
            selection=input.selection,
            label=input.label,
            lang="zh" if (input.lang or context.lang) == "zh" else "en",
            event_filter=_as_json(input.filter),
            after=input.after,
        )
        made, problems = await attempt(
            info,
            actions.register(context.actor, services.outlet, services.vault, services.tail, draft),
        )
        _wake(context)
        if made is None:
            return RegisterWebhookPayload(secret=None, problems=problems)
        webhook, secret = made
        return RegisterWebhookPayload(secret=secret, problems=[], webhook_id=webhook.id)

    @mutation("Change where a webhook leads to, what it sends of each event, or of which.")
    async def update_webhook(
        self, info: Info[Context, None], input: UpdateWebhookInput
    ) -> UpdateWebhookPayload:
        # A text that is null is one that is empty: refused, with the reason.
        texts = {"url": input.url, "selection": input.selection, "label": input.label}
        given: dict[str, Any] = {
            name: text or "" for name, text in texts.items() if text is not strawberry.UNSET
        }
        if input.filter is not strawberry.UNSET:
            given["event_filter"] = _as_json(input.filter)
        change = actions.WebhookChange(frozenset(given), **given)
        webhook, problems = await attempt(
            info,
            actions.update(
                info.context.actor, info.context.services.outlet, _number(input.webhook_id), change
            ),
        )
        _wake(info.context)
        return UpdateWebhookPayload(problems=problems, webhook_id=_id(webhook))

    @mutation("Give a webhook a new secret; the one before signs along for 24 hours.")
    async def rotate_webhook_secret(
        self, info: Info[Context, None], input: RotateWebhookSecretInput
    ) -> RotateWebhookSecretPayload:
        context = info.context
        made, problems = await attempt(
            info,
            actions.rotate_secret(context.actor, context.services.vault, _number(input.webhook_id)),
        )
        _wake(context)
        if made is None:
            return RotateWebhookSecretPayload(secret=None, problems=problems)
        webhook, secret = made
        return RotateWebhookSecretPayload(secret=secret, problems=[], webhook_id=webhook.id)

    @mutation("Send nothing more to a webhook, until it is resumed.")
    async def disable_webhook(
        self, info: Info[Context, None], input: DisableWebhookInput
    ) -> DisableWebhookPayload:
        webhook, problems = await attempt(
            info, actions.disable(info.context.actor, _number(input.webhook_id))
        )
        _wake(info.context)
        return DisableWebhookPayload(problems=problems, webhook_id=_id(webhook))

    @mutation(
        "Let a webhook go on that was disabled or parked, from where it stopped; one that waits "
        "for its next try makes it at once."
    )
    async def resume_webhook(
        self, info: Info[Context, None], input: ResumeWebhookInput
    ) -> ResumeWebhookPayload:
        webhook, problems = await attempt(
            info,
            actions.resume(
                info.context.actor,
                info.context.services.tail,
                _number(input.webhook_id),
                input.after,
            ),
        )
        _wake(info.context)
        return ResumeWebhookPayload(problems=problems, webhook_id=_id(webhook))

    @mutation(
        "Deliver a range of events again, in order and before all others; a webhook that is parked "
        "or disabled becomes active."
    )
    async def redeliver_webhook(
        self, info: Info[Context, None], input: RedeliverWebhookInput
    ) -> RedeliverWebhookPayload:
        webhook, problems = await attempt(
            info,
            actions.redeliver(
                info.context.actor,
                info.context.services.tail,
                _number(input.webhook_id),
                input.from_,
                input.to,
            ),
        )
        _wake(info.context)
        return RedeliverWebhookPayload(problems=problems, webhook_id=_id(webhook))


def _id(webhook: models.Webhook | None) -> int | None:
    return None if webhook is None else webhook.id


def _number(webhook_id: str) -> int:
    return mutations.given(webhook_id, "Webhook") or 0


def _wake(context: Context) -> None:
    if context.services.outlet is not None:
        context.services.outlet.wake()


def _as_json(filter: HazardEventFilter | None) -> Mapping[str, Any] | None:
    """A filter as the caller wrote it: members that were not given, or null, are left out."""
    if filter is None:
        return None
    members = ((each.name, getattr(filter, each.name)) for each in fields(filter))
    return {
        to_camel_case(name): _plain(value)
        for name, value in members
        if value is not None and value is not strawberry.UNSET
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, Enum) else value

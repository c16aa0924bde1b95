"""Registering and changing webhooks."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import fields
from enum import Enum
from typing import Any, TypeVar

import strawberry
from strawberry.types.info import Info
from strawberry.utils.str_converters import to_camel_case

from gridql.domain.agencies import actions, models
from gridql.domain.agencies.graphql.types import Webhook
from gridql.domain.hazards.graphql import HazardEventFilter
from gridql.graph.context import Context
from gridql.graph.mutations import NO_SUCH_KEY, attempt, given, mutation
from gridql.graph.problems import Problem
from gridql.graph.roots import read_back
from gridql.graph.scalars import Cursor, Lang

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


@strawberry.input
class OnWebhook:
    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")

    @property
    def number(self) -> int:
        """The webhook as actions take it."""
        return given(self.webhook_id, "Webhook") or NO_SUCH_KEY


@strawberry.type
class WebhookPayload:
    webhook: Webhook | None = read_back(Webhook, "webhook_id", "The webhook. Null with problems.")
    problems: list[Problem] = strawberry.field(description="What stands in the way; all of it.")
    webhook_id: strawberry.Private[int | None] = None


@strawberry.type
class SecretPayload(WebhookPayload):
    secret: str | None = strawberry.field(default=None, description=SHOWN_ONCE)


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
class RegisterWebhookPayload(SecretPayload):
    pass


@strawberry.input(description="What of a webhook is to be otherwise; what is left out stays.")
class UpdateWebhookInput(OnWebhook):
    url: str | None = strawberry.field(default=strawberry.UNSET, description=URL)
    selection: str | None = strawberry.field(default=strawberry.UNSET, description=SELECTION)
    label: str | None = strawberry.field(
        default=strawberry.UNSET, description="What to call it: 1 to 100 characters."
    )
    filter: HazardEventFilter | None = strawberry.field(
        default=strawberry.UNSET, description="Only events that it lets through; null for all."
    )


@strawberry.type(description="What came of changing a webhook.")
class UpdateWebhookPayload(WebhookPayload):
    pass


@strawberry.input(description="A new secret for a webhook.")
class RotateWebhookSecretInput(OnWebhook):
    pass


@strawberry.type(description="What came of giving a webhook a new secret.")
class RotateWebhookSecretPayload(SecretPayload):
    pass


@strawberry.input(description="A webhook to which nothing more is to be sent.")
class DisableWebhookInput(OnWebhook):
    pass


@strawberry.type(description="What came of disabling a webhook.")
class DisableWebhookPayload(WebhookPayload):
    pass


@strawberry.input(description="A webhook that is to go on.")
class ResumeWebhookInput(OnWebhook):
    after: Cursor | None = strawberry.field(
        default=None,
        description="Go on behind this cursor, whatever lies between; from where it stopped "
        "unless given.",
    )


@strawberry.type(description="What came of letting a webhook go on.")
class ResumeWebhookPayload(WebhookPayload):
    pass


@strawberry.input(description="A range of events to be delivered again.")
class RedeliverWebhookInput(OnWebhook):
    from_: Cursor = strawberry.field(name="from", description="Cursor of the first event.")
    to: Cursor = strawberry.field(description="Cursor of the last event.")


@strawberry.type(description="What came of asking for events again.")
class RedeliverWebhookPayload(WebhookPayload):
    pass


P = TypeVar("P", bound=WebhookPayload)
S = TypeVar("S", bound=SecretPayload)


async def _answered(
    info: Info[Context, None], payload: type[P], action: Awaitable[models.Webhook]
) -> P:
    webhook, problems = await attempt(info, action)
    _wake(info.context)
    return payload(webhook_id=webhook.id if webhook else None, problems=problems)


async def _answered_with_secret(
    info: Info[Context, None], payload: type[S], action: Awaitable[tuple[models.Webhook, str]]
) -> S:
    made, problems = await attempt(info, action)
    _wake(info.context)
    webhook, secret = made or (None, None)
    return payload(webhook_id=webhook.id if webhook else None, secret=secret, problems=problems)


def _wake(context: Context) -> None:
    if context.services.outlet is not None:
        context.services.outlet.wake()


@strawberry.type
class Mutation:
    @mutation("Have events about hazards sent to an https endpoint of yours, signed.")
    async def register_webhook(
        self, info: Info[Context, None], input: RegisterWebhookInput
    ) -> RegisterWebhookPayload:
        context, services = info.context, info.context.services
        draft = actions.WebhookDraft(
            url=input.url,
            selection=input.selection,
            label=input.label,
            lang="zh" if (input.lang or context.lang) == "zh" else "en",
            event_filter=_as_json(input.filter),
            after=input.after,
        )
        action = actions.register(
            context.actor, services.outlet, services.vault, services.tail, draft
        )
        return await _answered_with_secret(info, RegisterWebhookPayload, action)

    @mutation("Change where a webhook leads to, what it sends of each event, or of which.")
    async def update_webhook(
        self, info: Info[Context, None], input: UpdateWebhookInput
    ) -> UpdateWebhookPayload:
        # A text that is null is one that is empty: refused, with the reason.
        texts = {"url": input.url, "selection": input.selection, "label": input.label}
        found: dict[str, Any] = {
            name: text or "" for name, text in texts.items() if text is not strawberry.UNSET
        }
        if input.filter is not strawberry.UNSET:
            found["event_filter"] = _as_json(input.filter)
        change = actions.WebhookChange(frozenset(found), **found)
        actor, outlet = info.context.actor, info.context.services.outlet
        action = actions.update(actor, outlet, input.number, change)
        return await _answered(info, UpdateWebhookPayload, action)

    @mutation("Give a webhook a new secret; the one before signs along for 24 hours.")
    async def rotate_webhook_secret(
        self, info: Info[Context, None], input: RotateWebhookSecretInput
    ) -> RotateWebhookSecretPayload:
        actor, vault = info.context.actor, info.context.services.vault
        action = actions.rotate_secret(actor, vault, input.number)
        return await _answered_with_secret(info, RotateWebhookSecretPayload, action)

    @mutation("Send nothing more to a webhook, until it is resumed.")
    async def disable_webhook(
        self, info: Info[Context, None], input: DisableWebhookInput
    ) -> DisableWebhookPayload:
        action = actions.disable(info.context.actor, input.number)
        return await _answered(info, DisableWebhookPayload, action)

    @mutation(
        "Let a webhook go on that was disabled or parked, from where it stopped; one that waits "
        "for its next try makes it at once."
    )
    async def resume_webhook(
        self, info: Info[Context, None], input: ResumeWebhookInput
    ) -> ResumeWebhookPayload:
        actor, tail = info.context.actor, info.context.services.tail
        action = actions.resume(actor, tail, input.number, input.after)
        return await _answered(info, ResumeWebhookPayload, action)

    @mutation(
        "Deliver a range of events again, in order and before all others; a webhook that is parked "
        "or disabled becomes active."
    )
    async def redeliver_webhook(
        self, info: Info[Context, None], input: RedeliverWebhookInput
    ) -> RedeliverWebhookPayload:
        actor, tail = info.context.actor, info.context.services.tail
        action = actions.redeliver(actor, tail, input.number, input.from_, input.to)
        return await _answered(info, RedeliverWebhookPayload, action)


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

"""Webhooks, the log of what was sent to them, and who sends."""

from typing import Any

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from gridql.domain.agencies.rules import (
    DeliveryFailure,
    DeliveryOutcome,
    WebhookReason,
    WebhookStatus,
)
from gridql.migrations._columns import moment
from gridql.rows import DocumentField

KEY = (
    "id",
    fields.BigIntField(
        generated=True,
        primary_key=True,
        unique=True,
        db_index=True,
        description="Number of the row.",
    ),
)


def leads_to(model: str, column: str, description: str, on_delete: OnDelete) -> Any:
    return fields.ForeignKeyField(
        f"gridql.{model}",
        source_field=column,
        description=description,
        db_constraint=True,
        to_field="id",
        related_name=False,
        on_delete=on_delete,
    )


class Migration(migrations.Migration):
    dependencies = [("gridql", "0005_clock")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Webhook",
            fields=[
                KEY,
                (
                    "account",
                    leads_to(
                        "Account",
                        "account_id",
                        "The account that registered it, and whose rights it has.",
                        OnDelete.RESTRICT,
                    ),
                ),
                (
                    "label",
                    fields.CharField(
                        max_length=100, description="What it is called, for people to read."
                    ),
                ),
                (
                    "url",
                    fields.CharField(
                        max_length=2000, description="Where events are sent to, by POST."
                    ),
                ),
                (
                    "event_filter",
                    DocumentField(
                        null=True,
                        description="A HazardEventFilter: only events that it lets through, "
                        "null for all.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "selection",
                    fields.TextField(
                        unique=False,
                        description="What is sent of each event: a GraphQL selection on "
                        "HazardEvent.",
                    ),
                ),
                (
                    "lang",
                    fields.CharField(
                        max_length=2, description="The language of texts in what is sent."
                    ),
                ),
                (
                    "seal_id",
                    fields.UUIDField(
                        description="What the sealed columns of this row are bound to."
                    ),
                ),
                (
                    "secret_sealed",
                    fields.TextField(
                        unique=False, description="What events are signed with, sealed."
                    ),
                ),
                (
                    "previous_secret_sealed",
                    fields.TextField(
                        null=True,
                        unique=False,
                        description="What they were signed with before, sealed.",
                    ),
                ),
                (
                    "previous_secret_until",
                    moment(
                        "Until when the secret before this one signs along, null for no more.",
                        null=True,
                    ),
                ),
                (
                    "status",
                    fields.CharEnumField(
                        enum_type=WebhookStatus,
                        max_length=10,
                        default=WebhookStatus.ACTIVE,
                        description="Whether it is being delivered.",
                    ),
                ),
                (
                    "reason",
                    fields.CharEnumField(
                        enum_type=WebhookReason,
                        max_length=20,
                        null=True,
                        description="Why it is not, null while it is.",
                    ),
                ),
                (
                    "position",
                    fields.BigIntField(
                        description="Everything up to here was delivered or passed by."
                    ),
                ),
                (
                    "replay_position",
                    fields.BigIntField(
                        null=True,
                        description="How far the range has come that is being delivered again.",
                    ),
                ),
                (
                    "replay_until",
                    fields.BigIntField(null=True, description="Where that range ends."),
                ),
                (
                    "tries",
                    fields.IntField(
                        default=0,
                        description="How often the event that it stands at was tried without "
                        "success.",
                    ),
                ),
                (
                    "next_try_at",
                    moment(
                        "When that event is tried again, null while nothing is waited for.",
                        null=True,
                    ),
                ),
                (
                    "version",
                    fields.IntField(default=1, description="Counts what its account has changed."),
                ),
                (
                    "claimed_by",
                    fields.CharField(
                        max_length=36, null=True, description="The courier that delivers it."
                    ),
                ),
                ("created_at", moment("When it was registered.")),
                (
                    "last_delivered_at",
                    moment("When an event was last delivered, null if never.", null=True),
                ),
            ],
            options={
                "table": "webhook",
                "app": "gridql",
                "indexes": [
                    Index(fields=["account_id", "id"]),
                    Index(fields=["status", "claimed_by"]),
                ],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="WebhookDelivery",
            fields=[
                KEY,
                ("webhook", leads_to("Webhook", "webhook_id", "The webhook.", OnDelete.CASCADE)),
                ("event_id", fields.BigIntField(description="The event.")),
                (
                    "position",
                    fields.BigIntField(description="Where the event stands in the journal."),
                ),
                ("try_number", fields.IntField(description="The first try has 1.")),
                ("tried_at", moment("When it was tried.")),
                (
                    "duration_ms",
                    fields.IntField(description="How long it took, in milliseconds."),
                ),
                (
                    "outcome",
                    fields.CharEnumField(
                        enum_type=DeliveryOutcome, max_length=10, description="What came of it."
                    ),
                ),
                (
                    "failure",
                    fields.CharEnumField(
                        enum_type=DeliveryFailure,
                        max_length=20,
                        null=True,
                        description="Why it failed, null if it did not.",
                    ),
                ),
                (
                    "http_status",
                    fields.IntField(
                        null=True,
                        description="What the endpoint answered with, null where it gave no "
                        "answer.",
                    ),
                ),
                (
                    "detail",
                    fields.CharField(
                        max_length=200,
                        null=True,
                        description="The beginning of what the endpoint said when it failed: 200 "
                        "characters.",
                    ),
                ),
                (
                    "replayed",
                    fields.BooleanField(
                        description="Whether it was asked for by redeliverWebhook."
                    ),
                ),
            ],
            options={
                "table": "webhook_delivery",
                "app": "gridql",
                "indexes": [
                    Index(fields=["webhook_id", "tried_at", "id"]),
                    Index(fields=["tried_at", "id"]),
                    Index(fields=["event_id"]),
                    Index(fields=["outcome", "tried_at"]),
                ],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Courier",
            fields=[
                KEY,
                (
                    "name",
                    fields.CharField(
                        max_length=36, unique=True, description="What it claims webhooks by."
                    ),
                ),
                (
                    "alive_until",
                    moment("From then on others take over, unless it is renewed."),
                ),
            ],
            options={"table": "courier", "app": "gridql", "pk_attr": "id"},
            bases=["Row"],
        ),
    ]

"""The journal's two tables: its entries, and the end of the chain that they form."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from gridql.rows import DocumentField, Row, UtcField


class Entry(Row):
    """What one action did to one subject: appended, never changed, free of personal data."""

    position = fields.BigIntField(
        null=True, unique=True, description="Place in the journal, given once it is committed."
    )
    hash = fields.CharField(
        max_length=64, null=True, description="Seals this entry and, with it, all before it."
    )
    occurred_at = UtcField(description="When it happened.")
    recorded_at = UtcField(
        null=True, description="When it was written, null from before that was kept."
    )
    actor_id = fields.BigIntField(null=True, description="The account, null for the operator.")
    actor_role = fields.CharField(max_length=20, description="The role that it acted in.")
    subject_type = fields.CharField(max_length=40, description="What kind of thing changed.")
    subject_id = fields.BigIntField(description="Which one: its number or its code.")
    grid_code = fields.CharField(
        max_length=15, null=True, description="The grid or area that it lies in."
    )
    kind = fields.CharField(max_length=40, description="What happened to it.")
    from_state = fields.CharField(max_length=20, null=True, description="Its state before.")
    to_state = fields.CharField(max_length=20, null=True, description="Its state since.")
    revision = fields.IntField(null=True, description="Counts the changes of the subject.")
    note = fields.TextField(null=True, description="What the actor said about it.")
    changes: Any = DocumentField(
        null=True, description="Further columns that changed, and to what."
    )

    class Meta:
        table = "entry"
        indexes = (
            Index(fields=("subject_type", "subject_id", "id"), name="entry_subject"),
            Index(fields=("grid_code", "position"), name="entry_grid_position"),
            # Where followers can still begin: the last one written before a moment.
            Index(fields=("recorded_at", "position"), name="entry_recorded"),
        )


class Chain(Row):
    """The end of the chain: a single row, which also shows when the last entries were cut off."""

    position = fields.BigIntField(description="Position of the last numbered entry, 0 for none.")
    hash = fields.CharField(max_length=64, description="Hash of the last numbered entry.")

    class Meta:
        table = "chain"

"""Accounts and the tokens that speak for them."""

from __future__ import annotations

from typing import Any

from tortoise import fields

from gridql.access.roles import Role
from gridql.rows import DocumentField, Row, UtcField


class Account(Row):
    """Somebody, or another system, that may ask: a role, and the areas that it holds for."""

    name = fields.CharField(max_length=100, description="Who it is, for people to read.")
    role = fields.CharEnumField(Role, max_length=20, description="What it may be.")
    scopes: Any = DocumentField(description="Codes of the areas and grids that it is for.")
    department = fields.CharField(
        max_length=40, null=True, description="For DEPARTMENT: whose hazards it sees."
    )
    created_at = UtcField(description="When it was made.")
    disabled_at = UtcField(null=True, description="Since when none of its tokens is valid.")

    class Meta:
        table = "account"


class Token(Row):
    """A bearer token, known only by its digest."""

    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "gridql.Account", related_name="tokens", on_delete=fields.RESTRICT, description="Whose."
    )
    account_id: int
    digest = fields.CharField(max_length=64, unique=True, description="SHA-256 of it, in hex.")
    label = fields.CharField(max_length=100, description="What it is used for.")
    created_at = UtcField(description="When it was made.")
    expires_at = UtcField(null=True, description="From when on it is no longer valid.")
    revoked_at = UtcField(null=True, description="When it was withdrawn.")

    class Meta:
        table = "token"

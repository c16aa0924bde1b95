"""Use cases about accounts and their tokens: the operator's, at the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gridql.access import accounts, tokens
from gridql.access.models import Account, Token
from gridql.access.roles import Role
from gridql.database import transaction
from gridql.domain.areas import sandbox
from gridql.errors import Fault, Refusal, invalid, text_faults
from gridql.journal import entry

_NAME = {"most": 100, "least": 1}


@dataclass(frozen=True, slots=True)
class Issued:
    """A token that was just made."""

    account: Account
    token: Token
    text: str
    """The token itself: nothing can show it again."""


async def issue(
    name: str,
    role: Role,
    scopes: Sequence[str],
    *,
    label: str,
    department: str | None = None,
    expires_at: datetime | None = None,
) -> Issued:
    """Make an account and a token that speaks for it, in the caller's transaction.

    Raises INVALID for texts that are too long, for scopes in the sandbox of any account but an
    AGENCY's that sees nothing else, and as `accounts.register` does.
    """
    faults = [
        *text_faults(
            "/name", name, "名称应为 1 至 100 个字符。", "It has 1 to 100 letters.", **_NAME
        ),
        *text_faults(
            "/label", label, "用途应为 1 至 100 个字符。", "It has 1 to 100 letters.", **_NAME
        ),
        *text_faults(
            "/department", department, "部门代码最多 40 个字符。", "40 letters at most.", most=40
        ),
        *_invented(role, scopes),
    ]
    if faults:
        raise Refusal(faults)
    account = await register(name, role, scopes, department)
    text = await tokens.create(account, label, expires_at)
    token = await Token.get(account=account)
    await entry.write(
        None, subject_type="Token", subject_id=token.id, kind="ISSUED", grid_code=None
    )
    return Issued(account, token, text)


async def register(
    name: str, role: Role, scopes: Sequence[str], department: str | None = None
) -> Account:
    """Make an account for which no token speaks yet, in the caller's transaction.

    Raises as `accounts.register` does.
    """
    account = await accounts.register(name, role, scopes, department)
    await entry.write(
        None,
        subject_type="Account",
        subject_id=account.id,
        kind="REGISTERED",
        grid_code=None,
        changes={"role": role.value, "scopes": list(scopes), "department": department},
    )
    return account


def _invented(role: Role, scopes: Sequence[str]) -> list[Fault]:
    """What would let somebody see invented hazards among real ones, or as real ones."""
    if role is Role.AGENCY and sandbox.is_sandbox(scopes):
        return []
    return [
        invalid(
            f"/scopes/{index}",
            "以 99 开头的代码属于演练区：请使用 --sandbox 创建令牌。",
            "Codes that begin with 99 are those of the sandbox: make a token with --sandbox.",
        )
        for index, scope in enumerate(scopes)
        if sandbox.is_invented(scope)
    ]


async def revoke(token_id: int) -> bool:
    """The token is not valid from now on; False if there is no such token that still was."""
    async with transaction():
        revoked = await tokens.revoke(token_id)
        if revoked:
            await entry.write(
                None, subject_type="Token", subject_id=token_id, kind="REVOKED", grid_code=None
            )
    return revoked


async def all_tokens() -> list[Token]:
    """Every token there ever was, with its account, in the order in which they were made."""
    return await Token.all().select_related("account").order_by("id")

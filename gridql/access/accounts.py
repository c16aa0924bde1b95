"""Accounts: made and disabled by the operator."""

from __future__ import annotations

from collections.abc import Sequence

from gridql import clock
from gridql.access.codes import prefix
from gridql.access.models import Account
from gridql.access.roles import Role
from gridql.errors import Fault, Refusal, invalid


async def register(
    name: str, role: Role, scopes: Sequence[str], department: str | None = None
) -> Account:
    """Make an account that acts as `role` within the areas and grids `scopes`.

    Raises INVALID for a scope that is no code, for an account without any, and for a DEPARTMENT
    that does not say which.
    """
    faults: list[Fault] = []
    if not scopes:
        faults.append(invalid("/scopes", "至少需要一个辖区代码。", "At least one area is needed."))
    for index, scope in enumerate(scopes):
        try:
            prefix(scope, f"/scopes/{index}")
        except Refusal as refusal:
            faults += refusal.faults
    if role is Role.DEPARTMENT and not department:
        faults.append(
            invalid("/department", "部门账号必须指定部门代码。", "Which department is it for?")
        )
    if faults:
        raise Refusal(faults)
    return await Account.create(
        name=name, role=role, scopes=list(scopes), department=department, created_at=clock.now()
    )


async def disable(account_id: int) -> bool:
    """No token of the account is valid from now on; False if there is no such active account."""
    active = Account.filter(id=account_id, disabled_at__isnull=True)
    return bool(await active.update(disabled_at=clock.now()))

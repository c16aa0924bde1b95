"""Accounts: made and disabled by the operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from gridql import clock
from gridql.access.codes import prefix
from gridql.access.models import Account
from gridql.access.roles import Actor, Role
from gridql.database import Database, Dialect
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


_MEMBERS = "'id', id, 'name', name, 'role', role, 'scopes', {scopes}, 'department', department"
_WHERE = "from account where disabled_at is null and id ="
_FIND: dict[Dialect, str] = {
    "sqlite": f"select json_object({_MEMBERS.format(scopes='json(scopes)')}) {_WHERE} ?1",
    "postgres": f"select json_build_object({_MEMBERS.format(scopes='scopes')}) {_WHERE} $1",
}
"""Read where no write is in the way."""


class Standing:
    """Remembers for a moment how accounts stand, for what is done on their behalf without a token.

    What is disabled or narrowed takes effect within `ttl`. At most `limit` accounts are remembered.
    """

    def __init__(
        self, database: Database, ttl: timedelta = timedelta(seconds=2), limit: int = 10_000
    ) -> None:
        self._database = database
        self._ttl = ttl
        self._limit = limit
        self._known: dict[int, tuple[datetime, Actor | None]] = {}

    async def of(self, account_id: int) -> Actor | None:
        """The actor that the account is at present; None where it is disabled."""
        now = clock.now()
        known = self._known.get(account_id)
        if known is not None and now - known[0] < self._ttl:
            return known[1]
        found = await self._database.read(_FIND[self._database.dialect], [account_id])
        actor = None if found is None else _actor(orjson.loads(found))
        self._known.pop(account_id, None)
        if len(self._known) >= self._limit:
            del self._known[next(iter(self._known))]
        self._known[account_id] = (now, actor)
        return actor


def _actor(known: Mapping[str, Any]) -> Actor:
    return Actor(
        account_id=known["id"],
        name=known["name"],
        role=Role(known["role"]),
        scopes=tuple(known["scopes"]),
        department=known["department"],
    )

"""Accounts: made and disabled by the operator, and whom each of them is at present."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import orjson

from gridql import clock
from gridql.access.codes import prefix
from gridql.access.models import Account
from gridql.access.recent import Recent
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


_MEMBERS = "'id', a.id, 'name', a.name, 'role', a.role, 'department', a.department, 'scopes', "
MEMBERS: dict[Dialect, str] = {
    "sqlite": f"{_MEMBERS}json(a.scopes)",
    "postgres": f"{_MEMBERS}a.scopes",
}
"""What of an account `a` makes an actor, as members of a JSON object."""

_WHERE = "from account a where a.disabled_at is null and a.id ="
_FIND: dict[Dialect, str] = {
    "sqlite": f"select json_object({MEMBERS['sqlite']}) {_WHERE} ?1",
    "postgres": f"select json_build_object({MEMBERS['postgres']}) {_WHERE} $1",
}
"""Read where no write is in the way."""


def actor_of(members: Mapping[str, Any]) -> Actor:
    """The actor that an account is, by its MEMBERS."""
    return Actor(
        account_id=members["id"],
        name=members["name"],
        role=Role(members["role"]),
        scopes=tuple(members["scopes"]),
        department=members["department"],
    )


class Standing:
    """Remembers for a moment how accounts stand, for what is done on their behalf without a token.

    What is disabled or narrowed takes effect within `ttl`. At most `limit` accounts are remembered.
    """

    def __init__(
        self, database: Database, ttl: timedelta = timedelta(seconds=2), limit: int = 10_000
    ) -> None:
        self._database = database
        self._known: Recent[int, Actor | None] = Recent(ttl, limit)

    async def of(self, account_id: int) -> Actor | None:
        """The actor that the account is at present; None where it is disabled."""
        try:
            return self._known[account_id]
        except KeyError:
            now = clock.now()
        found = await self._database.read(_FIND[self._database.dialect], [account_id])
        actor = None if found is None else actor_of(orjson.loads(found))
        self._known.put(account_id, now, actor)
        return actor

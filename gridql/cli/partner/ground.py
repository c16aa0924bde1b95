"""What the sandbox is furnished with: its areas, a few places, and those who act there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gridql.access.models import Account
from gridql.access.roles import Actor, Role
from gridql.database import transaction
from gridql.domain.accounts.actions import register
from gridql.domain.areas import sandbox
from gridql.domain.places import settling as places
from gridql.domain.places.settling import PlaceDraft

_SCHEME = "nine-small-places-2018"
_PLACES = (
    PlaceDraft(
        sandbox.GRID,
        "演练便利店（虚构） Drill Shop (invented)",
        _SCHEME,
        "N01",
        "演练路 1 号 1 Drill Road",
    ),
    PlaceDraft(
        sandbox.GRID,
        "演练餐馆（虚构） Drill Restaurant (invented)",
        _SCHEME,
        "N02",
        "演练路 2 号 2 Drill Road",
    ),
)

DEPARTMENTS: Mapping[str, str] = {
    "FIRE_RESCUE": "演练消防救援（虚构） Drill Fire Rescue (invented)",
    "HOUSING_URBAN_CONSTRUCTION": "演练住建（虚构） Drill Housing (invented)",
    "MARKET_SUPERVISION": "演练市场监管（虚构） Drill Market Supervision (invented)",
}
"""The departments that hazards are invented for: names by code."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in a drill; accounts without a token, so that nobody else can speak for them."""

    worker: Actor
    office: Actor
    """Of the street."""
    departments: Mapping[str, Actor]
    """By code."""


async def make() -> list[int]:
    """Make the sandbox, as far as it is not there yet; the ids of its places."""
    await sandbox.settle()
    return await places.settle(None, _PLACES)


async def cast() -> Cast:
    """Who acts in the sandbox, made where they are not there yet."""
    async with transaction():
        return Cast(
            worker=await _someone(
                "演练网格员（虚构） Drill Grid Worker (invented)", Role.GRID_WORKER, sandbox.GRID
            ),
            office=await _someone(
                "演练街道办（虚构） Drill Street Office (invented)", Role.STREET, sandbox.STREET
            ),
            departments={
                code: await _someone(name, Role.DEPARTMENT, sandbox.DISTRICT, code)
                for code, name in DEPARTMENTS.items()
            },
        )


async def _someone(name: str, role: Role, scope: str, department: str | None = None) -> Actor:
    known = Account.filter(name=name, role=role, disabled_at__isnull=True).order_by("id")
    account = next((each for each in await known if each.scopes == [scope]), None)
    if account is None:
        account = await register(name, role, [scope], department)
    return Actor(account.id, account.name, role, (scope,), department)

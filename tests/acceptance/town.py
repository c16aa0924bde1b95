"""A town for the plays: streets with their grids, a shop and a home, and people with tokens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

import httpx

from gridql.access import accounts, tokens
from gridql.access.roles import Role
from gridql.database import Database, connect
from gridql.domain.areas.models import Area, Grid
from gridql.domain.areas.rules import AreaLevel
from gridql.domain.people.models import Household, Resident
from gridql.domain.places.models import Place
from gridql.domain.workers.models import GridWorker
from gridql.domain.workers.rules import WorkerKind
from tests.acceptance.callers import Caller

DISTRICT = "370114"


@dataclass(frozen=True)
class Street:
    """A street with one community of two grids; the shop and the home lie in the first."""

    code: str
    community: str
    grid: str
    other_grid: str
    shop: str
    """Global id, as the home's."""
    home: str


class Town:
    """The district of one server, to which every test adds streets of its own."""

    def __init__(self, http: httpx.AsyncClient, database: Database, numbers: Iterator[int]) -> None:
        self.http = http
        self.database = database
        self._numbers = numbers

    async def street(self) -> Street:
        """A new street, of which nobody else knows."""
        code = f"{DISTRICT}{next(self._numbers):03}"
        community = f"{code}001"
        await Area.create(code=code, name="明水街道", level=AreaLevel.STREET, parent_id=DISTRICT)
        await Area.create(
            code=community, name="眼明泉社区", level=AreaLevel.COMMUNITY, parent_id=code
        )
        grid, other = [
            await Grid.create(code=f"{community}{n:03}", name=name, community_id=community)
            for n, name in ((1, "第一网格"), (2, "第二网格"))
        ]
        shop = await Place.create(
            name="泉边便利店",
            scheme="nine-small-places-2018",
            category="N01",
            address="泉边路 1 号",
            responsible_person="周店主",
            grid_id=grid.code,
        )
        home = await Household.create(address="泉边路 2 号 301", grid_id=grid.code)
        await Resident.create(
            household_id=home.id,
            name="赵奶奶",
            care_groups=["LIVING_ALONE"],
            seal_id=uuid4(),
            grid_id=grid.code,
        )
        return Street(
            code, community, grid.code, other.code, f"Place:{shop.id}", f"Household:{home.id}"
        )

    async def someone(self, role: Role, *scopes: str, department: str | None = None) -> Caller:
        """Somebody with a token for that role in those areas."""
        account = await accounts.register("李敏", role, scopes, department)
        return Caller(self.http, await tokens.create(account, "acceptance"))

    async def worker(self, street: Street) -> Caller:
        """The grid worker of a street's first grid."""
        account = await accounts.register("王芳", Role.GRID_WORKER, [street.grid])
        await GridWorker.create(
            name="王芳", kind=WorkerKind.FULL_TIME, account=account, grid_id=street.grid
        )
        return Caller(self.http, await tokens.create(account, "her telephone"))

    def stranger(self, token: str | None = None) -> Caller:
        """Somebody whom nobody has given a token."""
        return Caller(self.http, token)


@asynccontextmanager
async def town_of(
    url: str, database_url: str, numbers: Iterator[int] | None = None
) -> AsyncIterator[Town]:
    """The town that the server at `url` serves from the database at `database_url`."""
    database = await connect(database_url)
    try:
        await Area.get_or_create(
            code=DISTRICT, defaults={"name": "章丘区", "level": AreaLevel.DISTRICT}
        )
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(
            base_url=url, timeout=30, limits=limits, trust_env=False
        ) as http:
            yield Town(http, database, numbers or count(1))
    finally:
        await database.close()

"""Accounts, tokens, and what the policy table makes of rows, on both databases."""

from datetime import timedelta

import pytest

from gridql import clock
from gridql.access import accounts, enforce, tokens
from gridql.access.models import Token
from gridql.access.roles import Actor, Role
from gridql.clock import HeldClock
from gridql.database import Database, transaction
from gridql.domain.areas.models import Area, Grid
from gridql.domain.areas.rules import AreaLevel
from gridql.domain.hazards.models import Hazard, HazardPart
from gridql.domain.hazards.rules import Severity
from gridql.domain.people.models import Household
from gridql.domain.places.models import Place
from gridql.errors import Fault, Misuse, Refusal, Unauthenticated
from gridql.journal import entry as journal
from gridql.journal.models import Entry

pytestmark = pytest.mark.anyio


async def test_a_token_speaks_for_its_account(database: Database) -> None:
    account = await accounts.register("消防", Role.DEPARTMENT, ["370114"], "FIRE_RESCUE")

    text = await tokens.create(account, "laptop")

    assert text.startswith("gql_") and len(text) == 47
    assert await tokens.authenticate(database, text) == Actor(
        account.id, "消防", Role.DEPARTMENT, ("370114",), "FIRE_RESCUE"
    )
    [stored] = await Token.filter(account=account).values()
    assert len(stored["digest"]) == 64
    assert text not in repr(stored)


async def test_only_live_tokens_are_valid(database: Database) -> None:
    account = await accounts.register("街道", Role.STREET, ["370114001"])
    with clock.using(HeldClock(clock.now())) as held:
        assert isinstance(held, HeldClock)
        expiring = await tokens.create(account, "a day", held.at + timedelta(days=1))
        revoked = await tokens.create(account, "withdrawn")
        token = await Token.get(label="withdrawn")
        assert await tokens.revoke(token.id)
        assert not await tokens.revoke(token.id)
        await tokens.authenticate(database, expiring)
        held.at += timedelta(days=1)

        for text, reason in [
            (expiring, "expired"),
            (revoked, "revoked"),
            (expiring + "x", "unknown"),
            ("gql_\ud800", "unknown"),
            ("bearer", "begins with gql_"),
            ("", "begins with gql_"),
        ]:
            with pytest.raises(Unauthenticated, match=reason):
                await tokens.authenticate(database, text)


async def test_a_disabled_account_has_no_valid_token(database: Database) -> None:
    account = await accounts.register("街道", Role.STREET, ["370114001"])
    text = await tokens.create(account, "laptop")

    assert await accounts.disable(account.id)

    with pytest.raises(Unauthenticated, match="disabled"):
        await tokens.authenticate(database, text)
    assert not await accounts.disable(account.id)


async def test_an_account_needs_a_scope_and_a_department_its_code(database: Database) -> None:
    with pytest.raises(Refusal) as refusal:
        await accounts.register("消防", Role.DEPARTMENT, ["370114", "abc"])
    assert [fault.path for fault in refusal.value.faults] == ["/scopes/1", "/department"]
    with pytest.raises(Refusal) as refusal:
        await accounts.register("街道", Role.STREET, [])
    assert [fault.path for fault in refusal.value.faults] == ["/scopes"]


async def test_a_withdrawn_token_is_remembered_for_two_seconds_at_most(database: Database) -> None:
    account = await accounts.register("街道", Role.STREET, ["370114001"])
    text = await tokens.create(account, "laptop")
    actors = tokens.Actors(database)
    with clock.using(HeldClock(clock.now())) as held:
        assert isinstance(held, HeldClock)
        actor = await actors.of(text)
        await tokens.revoke((await Token.get()).id)

        held.at += timedelta(seconds=1.999)
        assert await actors.of(text) is actor
        held.at += timedelta(seconds=0.001)
        with pytest.raises(Unauthenticated):
            await actors.of(text)


async def test_the_memory_of_tokens_is_bounded(database: Database) -> None:
    account = await accounts.register("街道", Role.STREET, ["370114001"])
    texts = [await tokens.create(account, str(number)) for number in range(3)]
    actors = tokens.Actors(database, limit=2)
    first = await actors.of(texts[0])
    await actors.of(texts[1])
    await actors.of(texts[2])
    assert await actors.of(texts[0]) is not first


@pytest.fixture
async def hazards(database: Database) -> None:
    """One hazard in each of three grids; the first is the fire service's, with the last."""
    await Area.create(code="370114001003", name="社区", level=AreaLevel.COMMUNITY)
    await Area.create(code="370114002001", name="社区", level=AreaLevel.COMMUNITY)
    for code, department in [
        ("370114001003001", "FIRE_RESCUE"),
        ("370114001003002", None),
        ("370114002001001", "FIRE_RESCUE"),
    ]:
        await Grid.create(code=code, name=code, community_id=code[:12])
        await Hazard.create(
            grid_id=code,
            title=code[-6:],
            severity=Severity.MINOR,
            category="X",
            department=department,
            reported_at=clock.now(),
        )


@pytest.mark.parametrize(
    ("role", "scopes", "department", "expected"),
    [
        (Role.DISTRICT, ("370114",), None, ["001001", "003001", "003002"]),
        (Role.DISTRICT, ("370000",), None, ["001001", "003001", "003002"]),
        (Role.STREET, ("370114001",), None, ["003001", "003002"]),
        (Role.GRID_WORKER, ("370114001003002", "370114002001001"), None, ["001001", "003002"]),
        (Role.AGENCY, ("370115",), None, []),
        (Role.AGENCY, (), None, []),
        (Role.DEPARTMENT, ("370114001",), "FIRE_RESCUE", ["003001"]),
        (Role.DEPARTMENT, ("370114",), "FIRE_RESCUE", ["001001", "003001"]),
        (Role.DEPARTMENT, ("370114",), None, []),
    ],
)
async def test_rows_are_those_of_the_scope(
    hazards: None,
    role: Role,
    scopes: tuple[str, ...],
    department: str | None,
    expected: list[str],
) -> None:
    actor = Actor(1, "somebody", role, scopes, department)
    seen = await Hazard.filter(enforce.rows(actor, Hazard)).order_by("title")
    assert [hazard.title for hazard in seen] == expected


async def test_the_operator_sees_all_rows_and_a_role_without_an_entry_none(hazards: None) -> None:
    agency = Actor(1, "somebody", Role.AGENCY, ("370114",))
    assert await Hazard.filter(enforce.rows(None, Hazard)).count() == 3
    assert await Area.filter(enforce.rows(agency, Area)).count() == 2
    assert await Grid.filter(enforce.rows(agency, Grid)).count() == 3
    await Household.create(grid_id="370114001003001", address="1 号楼")
    assert await Household.filter(enforce.rows(agency, Household)).count() == 0


async def test_events_are_seen_through_their_hazard(hazards: None) -> None:
    async with transaction():
        for hazard in await Hazard.all():
            await journal.write(
                None,
                subject_type="Hazard",
                subject_id=hazard.id,
                kind=hazard.title,
                grid_code=hazard.grid_id,
            )
    for role, department, expected in [
        (Role.AGENCY, None, ["003001", "003002"]),
        (Role.DEPARTMENT, "FIRE_RESCUE", ["003001"]),
        (Role.DEPARTMENT, "HOUSING", []),
    ]:
        actor = Actor(1, "somebody", role, ("370114001",), department)
        seen = Entry.filter(enforce.rows(actor, Entry, "HazardEvent")).order_by("kind")
        assert [entry.kind for entry in await seen] == expected
        assert await Entry.filter(enforce.rows(actor, Entry)).count() == 0


async def test_what_lies_outside_reads_as_what_does_not_exist(hazards: None) -> None:
    street = Actor(1, "somebody", Role.STREET, ("370114001",))
    inside, outside = await Hazard.get(title="003001"), await Hazard.get(title="001001")
    faults: list[Fault] = []
    async with transaction():
        assert await enforce.find(street, Hazard, inside.id, "/a", faults, lock=True) == inside
        assert await enforce.find(street, Hazard, None, "/b", faults) is None
        assert faults == []
        assert await enforce.find(street, Hazard, outside.id, "/c", faults) is None
        assert await enforce.find(street, Hazard, 10**9, "/d", faults) is None
        assert await enforce.find(None, Hazard, outside.id, "/e", faults) == outside
    assert [(fault.code, fault.path) for fault in faults] == [
        ("NOT_FOUND", "/c"),
        ("NOT_FOUND", "/d"),
    ]
    assert faults[0].text == faults[1].text


async def test_the_table_fits_its_models_and_misses_none(database: Database) -> None:
    enforce.check({"HazardEvent": Entry}, [Area, Grid, Hazard, HazardPart, Household, Place])
    with pytest.raises(Misuse, match="no column code"):
        enforce.check({"Grid": Hazard})

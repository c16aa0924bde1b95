"""Taking over households and residents; what identifies people is sealed on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gridql import clock
from gridql.access import enforce
from gridql.access.roles import Actor
from gridql.access.vault import Vault, mask_id_number, mask_phone
from gridql.database import transaction
from gridql.domain.areas import settling
from gridql.domain.people.models import Household, Resident
from gridql.domain.people.rules import CareGroup, Gender


@dataclass(frozen=True, slots=True)
class ResidentDraft:
    """A resident as they are taken over, with telephone and identity number in plain."""

    name: str
    birth_year: int | None = None
    gender: Gender | None = None
    care_groups: tuple[CareGroup, ...] = ()
    phone: str | None = None
    id_number: str | None = None


@dataclass(frozen=True, slots=True)
class HouseholdDraft:
    """A household as it is taken over, with those who live there."""

    grid_code: str
    address: str
    vacant: bool = False
    last_visited_at: datetime | None = None
    residents: tuple[ResidentDraft, ...] = ()


async def settle(actor: Actor | None, vault: Vault, drafts: Sequence[HouseholdDraft]) -> list[int]:
    """Take over households with their residents, sealing what identifies them; the households' ids.

    A household that its grid knows by that address already is left as it is, and so are those who
    live there. Raises FORBIDDEN; NOT_FOUND for a grid outside of the actor's scope; INVALID for a
    household that comes twice.
    """
    enforce.require(actor, settling.RIGHT)
    rows = [
        Household(
            grid_id=draft.grid_code,
            address=draft.address,
            vacant=draft.vacant,
            last_visited_at=draft.last_visited_at,
            last_attempted_at=draft.last_visited_at,
        )
        for draft in drafts
    ]
    async with transaction():
        kept = await settling.settle(actor, rows, "address")
        new = [(draft, each.id) for draft, each in zip(drafts, kept, strict=True) if each.is_new]
        residents = [
            _sealed(vault, household, number, draft)
            for household, number in new
            for draft in household.residents
        ]
        await Resident.bulk_create(residents, batch_size=settling.BATCH)
        await settling.note(
            actor,
            "Grid",
            households=[draft.grid_code for draft, _ in new],
            residents=[row.grid_id for row in residents],
        )
    return [each.id for each in kept]


def _sealed(
    vault: Vault, household: HouseholdDraft, household_id: int, draft: ResidentDraft
) -> Resident:
    seal_id = clock.new_uuid()

    def seal(column: str, plain: str | None) -> str | None:
        return plain and vault.seal("resident", column, seal_id, plain)

    def index(column: str, plain: str | None) -> str | None:
        return plain and vault.index("resident", column, plain)

    return Resident(
        household_id=household_id,
        grid_id=household.grid_code,
        name=draft.name,
        birth_year=draft.birth_year,
        gender=draft.gender,
        care_groups=list(draft.care_groups),
        seal_id=seal_id,
        phone_sealed=seal("phone", draft.phone),
        phone_masked=draft.phone and mask_phone(draft.phone),
        phone_index=index("phone", draft.phone),
        id_number_sealed=seal("id_number", draft.id_number),
        id_number_masked=draft.id_number and mask_id_number(draft.id_number),
        id_number_index=index("id_number", draft.id_number),
    )

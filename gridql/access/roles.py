"""The roles, and the actor: who is asking."""

from __future__ import annotations

from dataclasses import dataclass

from gridql.words import Word


class Role(Word):
    """What an account may be, and with it what it sees and may do."""

    DISTRICT = "DISTRICT", "Staff of the district."
    STREET = "STREET", "Staff of a street or town."
    COMMUNITY = "COMMUNITY", "Staff of a community or village."
    GRID_WORKER = "GRID_WORKER", "A grid worker, in their own grids."
    DEPARTMENT = "DEPARTMENT", "A department, for the hazards that are its own to put right."
    AGENCY = "AGENCY", "A partner agency that follows the hazards of its areas."
    AUDITOR = "AUDITOR", "Looks at what was done, without personal data."


@dataclass(frozen=True, slots=True)
class Actor:
    """An account as it stands behind one request; hashable, so that it can key a cache."""

    account_id: int
    name: str
    role: Role
    scopes: tuple[str, ...]
    """Codes of the areas and grids that it is for, each with all that lies below."""
    department: str | None = None
    """For DEPARTMENT: the code that hazards are assigned to."""

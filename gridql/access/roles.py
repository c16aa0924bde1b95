"""The roles, and the actor: who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account may be; `policy.py` says what follows from it."""

    DISTRICT = "DISTRICT"
    STREET = "STREET"
    COMMUNITY = "COMMUNITY"
    GRID_WORKER = "GRID_WORKER"
    DEPARTMENT = "DEPARTMENT"
    AGENCY = "AGENCY"
    AUDITOR = "AUDITOR"


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

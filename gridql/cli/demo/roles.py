"""One account for each role of the demo, and where the tokens that speak for them are kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from gridql.access.roles import Actor, Role
from gridql.cli.demo.district import DISTRICT
from gridql.database import transaction
from gridql.domain.accounts.actions import issue
from gridql.domain.workers.actions import sign_with
from gridql.errors import SetupError

STREET = "370114001"
COMMUNITY = f"{STREET}001"
GRID = f"{COMMUNITY}001"
"""The first grid of all, an urban one: with a shop, a restaurant, and homes."""


@dataclass(frozen=True, slots=True)
class Part:
    """What an account of the demo is for."""

    role: Role
    name: str
    scope: str
    department: str | None = None


PARTS = (
    Part(Role.DISTRICT, "章丘区网格化服务管理中心", DISTRICT),
    Part(Role.STREET, "明水街道网格办", STREET),
    Part(Role.COMMUNITY, "社区居委会", COMMUNITY),
    Part(Role.GRID_WORKER, "网格员", GRID),
    Part(Role.DEPARTMENT, "章丘区消防救援大队", DISTRICT, "FIRE_RESCUE"),
    Part(Role.AGENCY, "明水街道物业协作平台", STREET),
    Part(Role.AUDITOR, "审计", DISTRICT),
)


@dataclass(frozen=True, slots=True)
class Handed:
    """What there is for each role since the accounts were made."""

    tokens: dict[str, str] = field(default_factory=dict)
    """By the role's name."""
    actors: dict[Role, Actor] = field(default_factory=dict)


async def hand_out(workers: Mapping[str, int]) -> Handed:
    """Make the accounts, with a token for each; `workers` are ids by grid."""
    handed = Handed()
    async with transaction():
        for part in PARTS:
            issued = await issue(
                part.name, part.role, [part.scope], label="demo", department=part.department
            )
            handed.tokens[part.role.value] = issued.text
            handed.actors[part.role] = Actor(
                issued.account.id, part.name, part.role, (part.scope,), part.department
            )
            if part.role is Role.GRID_WORKER:
                await sign_with(workers[part.scope], issued.account.id)
    return handed


def write_tokens(path: Path, tokens: Mapping[str, str]) -> None:
    """Keep the tokens in a new file that only its owner can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps(tokens, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def read_tokens(path: Path) -> dict[str, str]:
    """The tokens that `write_tokens` has kept; raises SetupError where they are not to be had."""
    try:
        tokens = orjson.loads(path.read_bytes())
        return {part.role.value: str(tokens[part.role.value]) for part in PARTS}
    except OSError as error:
        reason = error.strerror
    except (orjson.JSONDecodeError, KeyError, TypeError):
        reason = "it does not have a token for each role"
    raise SetupError(
        f"{path.parent} has a database, but its tokens cannot be read from {path.name}: {reason}. "
        "Choose another folder with --data to make a new demo."
    )

"""Fills an empty database with the demo's district, through the actions that a real one would use.

The same seed makes the same district each time, but for the keys and seals of personal data; the
moments count back from now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from gridql import clock
from gridql.access.vault import Vault
from gridql.cli.demo import answers, district, rounds, shops, troubles
from gridql.cli.demo.district import STREETS, Community, DemoGrid, Street
from gridql.cli.demo.homes import Homes
from gridql.cli.demo.persons import People
from gridql.cli.demo.rounds import Rounds, client_id, moment
from gridql.domain.areas.actions import import_areas
from gridql.domain.areas.rules import GridKind
from gridql.domain.areas.settling import settle_grids
from gridql.domain.hazards import settling as hazards
from gridql.domain.hazards.models import Hazard
from gridql.domain.people import settling as people
from gridql.domain.people.rules import Gender
from gridql.domain.places import settling as places
from gridql.domain.submissions import settling as submissions
from gridql.domain.submissions.settling import PastSubmission
from gridql.domain.visits import settling as visits
from gridql.domain.workers import settling as workers
from gridql.domain.workers.rules import Duty, WorkerKind
from gridql.domain.workers.settling import WorkerDraft
from gridql.forms import FormVersion
from gridql.forms.library import Library
from gridql.hooks import Plugins

SEED = "zhangqiu"

HAZARDS = 1370
INSPECTED = 0.55
"""How many of the places that there is a form for were inspected."""
SURVEYED = 400

STEPS = len(STREETS) + 2
"""How often `fill` says what it is at."""

_OPERATOR = None
"""The actor: whoever makes the demo has the machine anyway."""

Step = Callable[[str], None]


@dataclass(slots=True)
class _Filled:
    """What was made so far, as far as later things refer to it."""

    workers: dict[str, int] = field(default_factory=dict)
    """By grid."""
    places: list[tuple[int, str, str]] = field(default_factory=list)
    """Id, grid and category."""
    homes: list[tuple[int, str, bool]] = field(default_factory=list)
    """Id and grid of those in use, and whether they were visited."""


async def fill(
    vault: Vault,
    library: Library,
    plugins: Plugins,
    accounts: dict[str, int],
    step: Step,
) -> None:
    """Make the whole district; `accounts` are those of grid workers, by the code of their grid."""
    now = clock.now()
    filled = _Filled()
    map_rng = _rng("areas")
    found = {street: district.communities(street, map_rng) for street in STREETS}
    every = [community for street in STREETS for community in found[street]]
    await import_areas(_OPERATOR, district.sheet(every))
    makers = _Makers(now)
    for street in STREETS:
        step(street.name)
        await _fill_street(vault, makers, found[street], accounts, filled)
    step("检查与隐患 inspections and hazards")
    await _fill_history(library, plugins, filled, now)
    step("完成 done")


class _Makers:
    """What makes the rows up, each with its own random numbers."""

    def __init__(self, now: datetime) -> None:
        self.people = People(_rng("people"))
        self.homes = Homes(_rng("homes"), self.people, now)
        self.rounds = Rounds(_rng("rounds"), now)
        self.places = _rng("places")
        self.workers = _rng("workers")


def _rng(what: str) -> Random:
    # Data for show, and the same each time: nothing here has to be hard to guess.
    return Random(f"{SEED}/{what}")  # noqa: S311

"""Fills an empty database with the demo's district, through the actions that a real one would use.

The same seed makes the same district each time, but for the keys and seals of personal data; the
moments count back from now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random

from gridql import clock
from gridql.access.vault import Vault
from gridql.cli.demo import district, shops
from gridql.cli.demo.district import STREETS, Community, DemoGrid
from gridql.cli.demo.history import Traces, fill_history
from gridql.cli.demo.homes import Homes
from gridql.cli.demo.persons import People
from gridql.cli.demo.rounds import Rounds
from gridql.domain.areas.actions import import_areas
from gridql.domain.areas.rules import GridKind
from gridql.domain.areas.settling import settle_grids
from gridql.domain.people import settling as people
from gridql.domain.people.rules import Gender
from gridql.domain.people.settling import HouseholdDraft
from gridql.domain.places import settling as places
from gridql.domain.visits import settling as visits
from gridql.domain.visits.rules import was_met
from gridql.domain.workers import settling as workers
from gridql.domain.workers.rules import Duty, WorkerKind
from gridql.domain.workers.settling import WorkerDraft
from gridql.forms.library import Library
from gridql.handling import Handling
from gridql.hooks import Plugins

SEED = "zhangqiu"

STEPS = len(STREETS) + 1
"""How often `fill` says that it has come further."""

FULL_TIME_URBAN, FULL_TIME_VILLAGE = 0.8, 0.15

_OPERATOR = None
"""The actor: whoever makes the demo has the machine anyway."""


async def fill(
    vault: Vault,
    library: Library,
    plugins: Plugins,
    handling: Handling,
    done: Callable[[], None],
) -> dict[str, int]:
    """Make the whole district; the id of the worker of each grid. Calls `done` STEPS times."""
    now = clock.now()
    rng = seeded("areas")
    found = [district.communities(street, rng) for street in STREETS]
    await import_areas(_OPERATOR, district.sheet([each for some in found for each in some]))
    makers, traces = _Makers(now), Traces()
    for communities in found:
        await _fill_street(vault, makers, communities, traces)
        done()
    await fill_history(library, plugins, handling, traces, seeded("history"), now)
    done()
    return traces.workers


class _Makers:
    """What makes the rows up, each with random numbers of its own."""

    def __init__(self, now: datetime) -> None:
        self.people = People(seeded("people"))
        self.homes = Homes(seeded("homes"), self.people, now)
        self.rounds = Rounds(seeded("rounds"), now)
        self._places = seeded("places")
        self._workers = seeded("workers")

    def places(self, grids: Sequence[DemoGrid]) -> list[places.PlaceDraft]:
        """The places of all of `grids`."""
        return [each for grid in grids for each in shops.places(grid, self._places, self.people)]

    def worker(self, grid: DemoGrid) -> WorkerDraft:
        """The worker of a grid: an institution has somebody of its own for it."""
        rng = self._workers
        full_time = rng.random() < (FULL_TIME_URBAN if grid.community.urban else FULL_TIME_VILLAGE)
        basic = grid.kind is GridKind.BASIC
        return WorkerDraft(
            grid.code,
            self.people.name(rng.choice((Gender.FEMALE, Gender.MALE))),
            WorkerKind.FULL_TIME if full_time and basic else WorkerKind.PART_TIME,
            Duty.LEADER if basic else Duty.MEMBER,
        )


async def _fill_street(
    vault: Vault,
    makers: _Makers,
    communities: Sequence[Community],
    traces: Traces,
) -> None:
    grids = [grid for community in communities for grid in district.grids(community)]
    codes = [grid.code for grid in grids]
    await settle_grids(_OPERATOR, [grid.draft() for grid in grids])
    employed = await workers.settle(_OPERATOR, [makers.worker(grid) for grid in grids])
    worker_of = dict(zip(codes, employed, strict=True))
    shops_there = makers.places(grids)
    place_ids = await places.settle(_OPERATOR, shops_there)
    homes = [home for grid in grids for home in makers.homes.of(grid)]
    home_ids = await people.settle(_OPERATOR, vault, homes)

    homes_of: dict[str, list[tuple[int, HouseholdDraft]]] = {code: [] for code in codes}
    for number, home in zip(home_ids, homes, strict=True):
        homes_of[home.grid_code].append((number, home))
    places_of: dict[str, list[int]] = {code: [] for code in codes}
    for number, place in zip(place_ids, shops_there, strict=True):
        places_of[place.grid_code].append(number)
        traces.places.append((number, place.category, worker_of[place.grid_code]))
    made = [
        visit
        for code in codes
        for visit in makers.rounds.of(worker_of[code], homes_of[code], places_of[code], code)
    ]
    await visits.settle(_OPERATOR, made)

    traces.workers |= worker_of
    met = {each.visit.household_id for each in made if was_met(each.visit.outcome)}
    traces.homes += [
        (number, number in met, worker_of[home.grid_code])
        for number, home in zip(home_ids, homes, strict=True)
        if not home.vacant
    ]


def seeded(what: str) -> Random:
    """Random numbers that are the same each time, whatever else takes some."""
    # Data for show, and the same each time: nothing here has to be hard to guess.
    return Random(f"{SEED}/{what}")  # noqa: S311

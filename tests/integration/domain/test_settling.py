"""Taking over what a district has kept elsewhere, on both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from gridql import bundled
from gridql.access.roles import Actor, Role
from gridql.access.vault import Vault
from gridql.database import Database
from gridql.domain.areas.actions import import_areas
from gridql.domain.areas.import_rules import read_sheet
from gridql.domain.areas.models import Grid
from gridql.domain.areas.settling import GridDraft, settle_grids
from gridql.domain.hazards import settling as hazards
from gridql.domain.hazards.actions.reporting import HazardDraft
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import HazardStatus, Severity
from gridql.domain.hazards.settling import PastClosing, PastHazard
from gridql.domain.people import settling as people
from gridql.domain.people.models import Household, Resident
from gridql.domain.people.rules import CareGroup, Gender
from gridql.domain.people.settling import HouseholdDraft, ResidentDraft
from gridql.domain.places import settling as places
from gridql.domain.places.settling import PlaceDraft
from gridql.domain.submissions import settling as submissions
from gridql.domain.submissions.models import Finding, Submission
from gridql.domain.submissions.settling import PastSubmission
from gridql.domain.visits import settling as visits
from gridql.domain.visits.actions import VisitDraft
from gridql.domain.visits.models import Visit
from gridql.domain.visits.rules import VisitKind, VisitOutcome
from gridql.domain.visits.settling import PastVisit
from gridql.domain.workers import settling as workers
from gridql.domain.workers.models import GridWorker
from gridql.domain.workers.rules import Duty, WorkerKind
from gridql.domain.workers.settling import WorkerDraft
from gridql.errors import Refusal
from gridql.forms.library import Library
from gridql.handling import Handling
from gridql.hooks import Plugins, discover
from gridql.journal.models import Entry
from gridql.journal.sequencer import number
from gridql.journal.verify import verify

pytestmark = pytest.mark.anyio

COMMUNITY = "370114001001"
HERE, THERE = f"{COMMUNITY}001", f"{COMMUNITY}002"
TREE = """level,code,name_zh,parent_code
district,370114,章丘区,
street,370114001,明水街道,370114
community,370114001001,车站社区,370114001
"""

DISTRICT = Actor(7, "章丘区", Role.DISTRICT, ("370114",))
ELSEWHERE = Actor(8, "历城区", Role.DISTRICT, ("370112",))
WORKER = Actor(9, "网格员", Role.GRID_WORKER, ("370114",))

MAY = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
CASES = bundled.folder("plugins") / "nine_small_places" / "cases"
SHOP_IN_ORDER = CASES / "shop_in_order.json"
SHOP_THREE_FAULTS = CASES / "shop_three_faults.json"


def uuid(n: int) -> UUID:
    """The n-th id that a device made up."""
    return UUID(int=n, version=4)


@pytest.fixture
async def grids(database: Database) -> Database:
    """A community with two grids."""
    await import_areas(None, read_sheet(TREE.encode()))
    await settle_grids(
        DISTRICT, [GridDraft(HERE, "第一网格"), GridDraft(THERE, "第二网格", boundary=OUTLINE)]
    )
    return database


OUTLINE = {
    "type": "Polygon",
    "coordinates": [[[117.5, 36.7], [117.6, 36.7], [117.6, 36.8], [117.5, 36.7]]],
}


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault with keys of its own."""
    return Vault.open(tmp_path / "vault.key")


@pytest.fixture
async def forms(grids: Database) -> tuple[Library, Plugins]:
    """The bundled forms, published."""
    plugins, library = discover(), Library()
    await library.publish(plugins.forms())
    return library, plugins


async def settled() -> list[tuple[str, str | None, object]]:
    """What the journal says was taken over, apart from areas."""
    entries = await Entry.filter(kind="SETTLED").order_by("id")
    return [(entry.subject_type, entry.grid_code, entry.changes) for entry in entries]


def paths(refusal: Refusal) -> list[str | None]:
    """Where the faults are."""
    return [fault.path for fault in refusal.faults]


async def test_grids_come_with_their_outline_and_one_entry_for_the_community(
    grids: Database,
) -> None:
    there = await Grid.get(code=THERE)

    assert (there.name, there.community_id, there.boundary) == ("第二网格", COMMUNITY, OUTLINE)
    assert await settled() == [("Area", COMMUNITY, {"grids": 2})]
    assert await settle_grids(DISTRICT, [GridDraft(HERE, "另一个名字")]) == 0
    assert (await Grid.get(code=HERE)).name == "第一网格"


async def test_grids_that_cannot_be(grids: Database) -> None:
    drafts = [
        GridDraft(f"{COMMUNITY}003", "好"),
        GridDraft("37011400100100", "少一位"),
        GridDraft("370114001999001", "没有这个社区"),
        GridDraft(f"{COMMUNITY}003", "重复"),
    ]
    with pytest.raises(Refusal) as refusal:
        await settle_grids(DISTRICT, drafts)

    assert paths(refusal.value) == ["/1/code", "/3/code", "/2/code"]
    assert await Grid.all().count() == 2


async def test_nobody_makes_grids_elsewhere(grids: Database) -> None:
    with pytest.raises(Refusal) as refusal:
        await settle_grids(ELSEWHERE, [GridDraft(f"{COMMUNITY}003", "越界")])
    assert paths(refusal.value) == ["/0/code"]


async def test_workers(grids: Database) -> None:
    drafts = [
        WorkerDraft(HERE, "王芳", WorkerKind.FULL_TIME, Duty.LEADER),
        WorkerDraft(THERE, "李强", WorkerKind.PART_TIME),
        WorkerDraft(HERE, "赵敏", WorkerKind.PART_TIME),
    ]
    first = await workers.settle(DISTRICT, drafts)
    again = await workers.settle(DISTRICT, drafts)

    assert again == first
    rows = [await GridWorker.get(id=each) for each in first]
    assert [(row.name, row.grid_id, row.duty) for row in rows] == [
        ("王芳", HERE, Duty.LEADER),
        ("李强", THERE, Duty.MEMBER),
        ("赵敏", HERE, Duty.MEMBER),
    ]
    assert (await settled())[1:] == [
        ("Grid", HERE, {"workers": 2}),
        ("Grid", THERE, {"workers": 1}),
    ]


HOMES = [
    HouseholdDraft(
        HERE,
        "1号楼101室",
        residents=(
            ResidentDraft(
                "孟娟",
                1950,
                Gender.FEMALE,
                (CareGroup.LIVING_ALONE,),
                "15412345678",
                "99011419500101002X",
            ),
            ResidentDraft("孟磊"),
        ),
    ),
    HouseholdDraft(HERE, "1号楼102室", vacant=True),
    HouseholdDraft(THERE, "1号楼101室", last_visited_at=MAY),
]


async def test_households_with_what_identifies_people_sealed(grids: Database, vault: Vault) -> None:
    first = await people.settle(DISTRICT, vault, HOMES)
    again = await people.settle(DISTRICT, vault, HOMES)

    assert again == first
    assert [(await Household.get(id=each)).address for each in first] == [
        "1号楼101室",
        "1号楼102室",
        "1号楼101室",
    ]
    juan, lei = await Resident.filter(household_id=first[0]).order_by("id")
    assert (juan.name, juan.grid_id, juan.care_groups) == ("孟娟", HERE, ["LIVING_ALONE"])
    assert (juan.phone_masked, juan.id_number_masked) == ("154****5678", "990***********002X")
    assert vault.unseal("resident", "phone", juan.seal_id, juan.phone_sealed or "") == "15412345678"
    assert juan.id_number_index == vault.index("resident", "id_number", "99011419500101002x")
    assert {lei.phone_sealed, lei.phone_masked, lei.phone_index} == {None}
    assert (await settled())[1:] == [
        ("Grid", HERE, {"households": 2, "residents": 2}),
        ("Grid", THERE, {"households": 1}),
    ]
    assert "孟" not in str([entry.changes for entry in await Entry.all()])


async def test_a_household_that_comes_twice(grids: Database, vault: Vault) -> None:
    unknown = HouseholdDraft("370114001001999", "1号楼101室")
    with pytest.raises(Refusal) as refusal:
        await people.settle(DISTRICT, vault, [HOMES[1], HOMES[1], unknown])

    assert paths(refusal.value) == ["/2/gridCode", "/1/address"]
    assert await Household.all().count() == 0


async def test_visits_move_the_last_visit_of_a_household_forwards_only(
    grids: Database, vault: Vault
) -> None:
    home, _, visited = await people.settle(DISTRICT, vault, HOMES)
    [worker] = await workers.settle(DISTRICT, [WorkerDraft(HERE, "王芳", WorkerKind.FULL_TIME)])
    earlier, later = MAY - timedelta(days=30), MAY + timedelta(hours=1)
    drafts = [
        PastVisit(visit(1, VisitOutcome.MET, home, earlier), worker),
        PastVisit(visit(2, VisitOutcome.PROXY_MET, home, MAY), worker),
        PastVisit(visit(3, VisitOutcome.NO_ANSWER, home, later), worker),
        PastVisit(visit(4, VisitOutcome.MET, visited, earlier)),
        PastVisit(
            VisitDraft(uuid(5), VisitKind.PATROL, VisitOutcome.MET, None, None, THERE, MAY), worker
        ),
    ]
    assert await visits.settle(DISTRICT, drafts) == 5
    assert await visits.settle(DISTRICT, drafts) == 0

    assert [(await Household.get(id=each)).last_visited_at for each in (home, visited)] == [
        MAY,
        MAY,
    ]
    rows = await Visit.all().order_by("client_id")
    assert [(row.grid_id, row.worker_id) for row in rows] == [
        (HERE, worker),
        (HERE, worker),
        (HERE, worker),
        (THERE, None),
        (THERE, worker),
    ]
    assert (await settled())[-2:] == [("Grid", HERE, {"visits": 3}), ("Grid", THERE, {"visits": 2})]


async def test_visits_that_cannot_be(grids: Database, vault: Vault) -> None:
    [home, *_] = await people.settle(DISTRICT, vault, HOMES)
    drafts = [
        PastVisit(visit(1, VisitOutcome.MET, home, MAY)),
        PastVisit(visit(2, VisitOutcome.MET, home, datetime(2999, 1, 1, tzinfo=UTC))),
        PastVisit(VisitDraft(uuid(3), VisitKind.PATROL, VisitOutcome.MET, home)),
        PastVisit(visit(4, VisitOutcome.MET, 4711, MAY)),
    ]
    with pytest.raises(Refusal) as refusal:
        await visits.settle(DISTRICT, drafts)
    assert paths(refusal.value) == ["/1/visitedAt", "/2/kind", "/3/householdId"]

    with pytest.raises(Refusal) as refusal:
        await visits.settle(ELSEWHERE, drafts[:1])
    assert paths(refusal.value) == ["/0/householdId"]
    assert await Visit.all().count() == 0


def visit(n: int, outcome: VisitOutcome, home: int, at: datetime) -> VisitDraft:
    """A visit at a home."""
    return VisitDraft(uuid(n), VisitKind.HOUSEHOLD, outcome, home, visited_at=at)


def hazard(title: str, **about: Any) -> PastHazard:
    """A hazard that was reported in May."""
    draft = HazardDraft(title, Severity.SERIOUS, "EBIKE", **about)
    return PastHazard(draft, MAY)


async def events(hazard_id: int) -> list[tuple[str, datetime, str | None, int | None]]:
    """The history of a hazard."""
    entries = await Entry.filter(subject_type="Hazard", subject_id=hazard_id).order_by("id")
    return [(entry.kind, entry.occurred_at, entry.note, entry.revision) for entry in entries]


async def test_hazards_keep_their_own_history(grids: Database) -> None:
    [shop] = await places.settle(
        DISTRICT, [PlaceDraft(THERE, "惠民超市", "nine-small-places-2018", "N01")]
    )
    drafts = [
        hazard("飞线充电", grid_code=HERE, client_id=uuid(1)),
        hazard("楼道充电", place_id=shop),
    ]
    at_grid, at_shop = await hazards.settle(DISTRICT, Handling(), drafts)
    assert await hazards.settle(DISTRICT, Handling(), drafts[:1]) == []
    closed_at = MAY + timedelta(days=2)
    closing = PastClosing(at_grid.id, closed_at, "已整改")
    assert await hazards.close(DISTRICT, [closing]) == 1
    assert await hazards.close(DISTRICT, [closing]) == 0

    assert (at_shop.grid_id, at_shop.place_id) == (THERE, shop)
    row = await Hazard.get(id=at_grid.id)
    assert (row.status, row.closed_at, row.reported_at) == (HazardStatus.CLOSED, closed_at, MAY)
    assert await events(at_grid.id) == [
        ("REPORTED", MAY, None, 1),
        ("CLOSED", closed_at, "已整改", 2),
    ]
    assert await events(at_shop.id) == [("REPORTED", MAY, None, 1)]
    await number(grids)
    assert (await verify(grids)).breaks == []


async def test_hazards_that_cannot_be(grids: Database) -> None:
    drafts = [
        hazard("好", grid_code=HERE),
        hazard("", grid_code=HERE),
        hazard("没有这个场所", place_id=4711),
        hazard("没有地点"),
    ]
    with pytest.raises(Refusal) as refusal:
        await hazards.settle(DISTRICT, Handling(), drafts)
    assert paths(refusal.value) == ["/1/title", "/3", "/2/placeId"]

    with pytest.raises(Refusal) as refusal:
        await hazards.close(DISTRICT, [PastClosing(4711, MAY)])
    assert paths(refusal.value) == ["/0/hazardId"]
    assert await Hazard.all().count() == 0


def checklist(n: int, place: int, case: Path, at: datetime) -> PastSubmission:
    """The checklist of a shop, filled in as a golden case has it."""
    answers = json.loads(case.read_text(encoding="utf-8"))["answers"]
    return PastSubmission(uuid(n), "nineSmallPlacesShop", 1, answers, place, at)


async def test_checklists_are_judged_and_their_hazards_opened(
    forms: tuple[Library, Plugins],
) -> None:
    [shop] = await places.settle(
        DISTRICT, [PlaceDraft(HERE, "惠民超市", "nine-small-places-2018", "N01")]
    )
    drafts = [
        checklist(1, shop, SHOP_IN_ORDER, MAY - timedelta(days=1)),
        checklist(2, shop, SHOP_THREE_FAULTS, MAY),
    ]
    opened = await submissions.settle(DISTRICT, *forms, Handling(), drafts)
    assert await submissions.settle(DISTRICT, *forms, Handling(), drafts) == []

    fine, faulty = await Submission.all().order_by("submitted_at")
    assert (fine.place_id, fine.area_code, fine.grid_id) == (shop, HERE, HERE)
    assert (faulty.score["value"], faulty.score["grade"]) == (74, "C")
    assert [(each.severity, each.due_at) for each in opened] == [
        (Severity.SERIOUS, MAY),
        (Severity.SERIOUS, MAY + timedelta(days=3)),
        (Severity.MINOR, MAY + timedelta(days=3)),
    ]
    findings = await Finding.all().order_by("id")
    assert [(each.rule, each.submission_id, each.hazard_id) for each in findings] == [
        ("exitClear", faulty.id, opened[0].id),
        ("extinguisherOk", faulty.id, opened[1].id),
        ("stockHeight", faulty.id, opened[2].id),
    ]
    submitted = await Entry.filter(kind="SUBMITTED").order_by("id")
    assert [(each.subject_id, each.occurred_at) for each in submitted] == [
        (fine.id, fine.submitted_at),
        (faulty.id, MAY),
    ]


async def test_checklists_that_cannot_be(forms: tuple[Library, Plugins]) -> None:
    drafts = [
        checklist(1, 4711, SHOP_IN_ORDER, MAY),
        PastSubmission(uuid(2), "nineSmallPlacesShop", 1, {"exitClear": "PERHAPS"}, 1, MAY),
        PastSubmission(uuid(3), "nineSmallPlacesMill", 1, {}, 1, MAY),
    ]
    with pytest.raises(Refusal) as refusal:
        await submissions.settle(DISTRICT, *forms, Handling(), drafts)

    found = paths(refusal.value)
    assert "/1/answers/exitClear" in found
    assert "/1/answers/fireLane" in found
    assert "/2/form" in found
    assert "/0/subjectId" in found
    assert await Submission.all().count() == 0


async def test_only_a_district_takes_over(grids: Database, vault: Vault) -> None:
    attempts = [
        settle_grids(WORKER, []),
        workers.settle(WORKER, []),
        places.settle(WORKER, []),
        people.settle(WORKER, vault, []),
        visits.settle(WORKER, []),
        hazards.settle(WORKER, Handling(), []),
        hazards.close(WORKER, []),
        submissions.settle(WORKER, Library(), Plugins(), Handling(), []),
    ]
    for attempt in attempts:
        with pytest.raises(Refusal) as refusal:
            await attempt
        assert [str(fault.code) for fault in refusal.value.faults] == ["FORBIDDEN"]

"""Who and what is in the world, in the order of their numbers, which are the same everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from gridql import bundled, clock
from gridql.access import accounts
from gridql.access.roles import Actor
from gridql.access.vault import Vault, mask_id_number, mask_phone
from gridql.domain.agencies.models import Webhook, WebhookDelivery
from gridql.domain.agencies.rules import (
    DeliveryFailure,
    DeliveryOutcome,
    WebhookReason,
    WebhookStatus,
)
from gridql.domain.agencies.signatures import PREFIX
from gridql.domain.areas.models import Area, Grid
from gridql.domain.areas.rules import AreaLevel, GridKind
from gridql.domain.hazards import settling
from gridql.domain.hazards.actions import (
    calling,
    dispatching,
    duplicates,
    rectifying,
    reporting,
)
from gridql.domain.hazards.actions.gate import Target
from gridql.domain.hazards.evidence import Photo
from gridql.domain.hazards.rules import Severity
from gridql.domain.hazards.settling import PastClosing
from gridql.domain.people.models import Household, Resident
from gridql.domain.people.rules import CareGroup, Gender
from gridql.domain.places.models import Place
from gridql.domain.submissions import actions as submissions
from gridql.domain.submissions.rules import Location
from gridql.domain.visits import actions as visits
from gridql.domain.visits.rules import VisitKind, VisitOutcome
from gridql.domain.workers.models import GridWorker
from gridql.domain.workers.rules import Duty, WorkerKind
from gridql.forms.library import Library
from gridql.handling import Handling
from gridql.hooks import Plugins
from tests.integration.graph.people import (
    ACCOUNTS,
    AGENCY,
    COMMUNITY,
    COMMUNITY_A,
    DEPARTMENT,
    DISTRICT,
    GRID_1,
    GRID_2,
    GRID_3,
    GRID_4,
    OTHER_AGENCY,
    OTHER_WORKER,
    STREET,
    STREET_A,
    STREET_B,
    TWO_GRIDS,
    WORKER,
)

NOW = datetime(2026, 5, 1, 8, 0, 0, 250_000, tzinfo=UTC)
"""When the world was settled; its history lies before."""

HAZARDS = 60
HALF_DAY = timedelta(hours=12)
FIRST = NOW - 20 * HALF_DAY
"""When the first three hazards were reported; the last three were twelve hours ago."""

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[117.5, 36.7], [117.6, 36.7], [117.5, 36.8], [117.5, 36.7]]],
}


async def settle(library: Library, plugins: Plugins, vault: Vault) -> None:
    """Fill the tables."""
    for actor in ACCOUNTS:
        account = await accounts.register(actor.name, actor.role, actor.scopes, actor.department)
        assert account.id == actor.account_id
    await _areas()
    await _people(vault)
    await _places()
    await _visits()
    await _hazards()
    await _submissions(library, plugins)
    await _lives()
    await _webhooks(vault)


async def _areas() -> None:
    levels = AreaLevel.PROVINCE, AreaLevel.CITY, AreaLevel.DISTRICT
    above = None
    for level, code, name in zip(
        levels, ("370000", "370100", "370114"), ("山东省", "济南市", "章丘区"), strict=True
    ):
        above = await Area.create(code=code, name=name, level=level, parent=above)
    for code, name, name_en, parent, boundary in (
        (STREET_A, "双山街道", "Shuangshan", "370114", SQUARE),
        (STREET_B, "圣井街道", None, "370114", None),
        (COMMUNITY_A, "白泉社区", None, STREET_A, None),
        ("370114001004", "查旧村", None, STREET_A, None),
        ("370114002014", "古月山", None, STREET_B, None),
    ):
        level = AreaLevel.STREET if len(code) == 9 else AreaLevel.COMMUNITY
        await Area.create(
            code=code, name=name, name_en=name_en, level=level, parent_id=parent, boundary=boundary
        )
    for code, name, kind in (
        (GRID_1, "第一网格", GridKind.BASIC),
        (GRID_2, "第二网格", GridKind.BASIC),
        (GRID_3, "旧村网格", GridKind.BASIC),
        (GRID_4, "山东专属网格", GridKind.DEDICATED),
    ):
        await Grid.create(
            code=code,
            name=name,
            kind=kind,
            community_id=code[:12],
            boundary=SQUARE if code == GRID_1 else None,
        )


async def _people(vault: Vault) -> None:
    for name, grid, kind, duty, active, account in (
        ("王芳", GRID_1, WorkerKind.FULL_TIME, Duty.LEADER, True, WORKER.account_id),
        ("李强", GRID_1, WorkerKind.PART_TIME, Duty.MEMBER, True, None),
        ("赵敏", GRID_3, WorkerKind.FULL_TIME, Duty.LEADER, True, TWO_GRIDS.account_id),
        ("陈静", GRID_4, WorkerKind.FULL_TIME, Duty.LEADER, True, OTHER_WORKER.account_id),
        ("孙磊", GRID_2, WorkerKind.PART_TIME, Duty.MEMBER, False, None),
    ):
        await GridWorker.create(
            name=name, grid_id=grid, kind=kind, duty=duty, active=active, account_id=account
        )
    for address, grid, vacant in (
        ("白泉路1号", GRID_1, False),
        ("白泉路2号", GRID_1, False),
        ("白泉路3号", GRID_1, False),
        ("白泉路4号", GRID_2, True),
        ("旧村5号", GRID_3, False),
        ("古月山6号", GRID_4, False),
    ):
        await Household.create(address=address, grid_id=grid, vacant=vacant)
    for household, grid, name, born, gender, care, phone, number in (
        (
            1,
            GRID_1,
            "张伟",
            1938,
            Gender.MALE,
            [CareGroup.LIVING_ALONE, CareGroup.ELDERLY_80_PLUS],
            "13812345678",
            "990114193802031234",
        ),
        (1, GRID_1, "刘娟", None, Gender.FEMALE, [], None, None),
        (3, GRID_1, "周杰", 1990, None, [], "139 0000 1111", None),
        (5, GRID_3, "吴涛", 1975, Gender.MALE, [CareGroup.DISABLED], "13700002222", None),
        (6, GRID_4, "郑丽", 1982, Gender.FEMALE, [], "13812345678", "99011419820506002X"),
    ):
        await Resident.create(
            household_id=household,
            grid_id=grid,
            name=name,
            birth_year=born,
            gender=gender,
            care_groups=[str(group) for group in care],
            **_sealed(vault, phone, number),
        )


def _sealed(vault: Vault, phone: str | None, number: str | None) -> dict[str, Any]:
    row_key = clock.new_uuid()
    columns: dict[str, Any] = {"seal_id": row_key}
    for column, plain, mask in (
        ("phone", phone, mask_phone),
        ("id_number", number, mask_id_number),
    ):
        if plain is not None:
            columns |= {
                f"{column}_sealed": vault.seal("resident", column, row_key, plain),
                f"{column}_masked": mask(plain),
                f"{column}_index": vault.index("resident", column, plain),
            }
    return columns


async def _places() -> None:
    for name, grid, category, person, lon in (
        ("惠民超市", GRID_1, "N01", "刘洋", 117.53),
        ("泉边小馆", GRID_1, "N02", None, None),
        ("便民商店", GRID_2, "N01", "冯军", None),
        ("旧村饭店", GRID_3, "N02", "何平", 117.6),
        ("山下超市", GRID_4, "N01", "高明", 117.3),
    ):
        await Place.create(
            name=name,
            grid_id=grid,
            scheme="nine-small-places-2018",
            category=category,
            address=f"{name}门牌",
            location={"type": "Point", "coordinates": [lon, 36.7]} if lon else None,
            responsible_person=person,
        )


async def _visits() -> None:
    yesterday = NOW - timedelta(days=1)
    made: list[tuple[Actor, VisitKind, VisitOutcome, dict[str, Any], datetime]] = [
        (WORKER, VisitKind.HOUSEHOLD, VisitOutcome.MET, {"household_id": 1}, yesterday),
        (WORKER, VisitKind.HOUSEHOLD, VisitOutcome.PROXY_MET, {"household_id": 3}, yesterday),
        (WORKER, VisitKind.CARE, VisitOutcome.NO_ANSWER, {"household_id": 1}, NOW),
        (WORKER, VisitKind.PATROL, VisitOutcome.MET, {"place_id": 1}, NOW),
        (STREET, VisitKind.PATROL, VisitOutcome.MET, {"grid_code": GRID_2}, NOW),
        (OTHER_WORKER, VisitKind.HOUSEHOLD, VisitOutcome.MET, {"household_id": 6}, NOW),
    ]
    for number, (actor, kind, outcome, subject, at) in enumerate(made, start=1):
        draft = visits.VisitDraft(
            client_id=UUID(int=number), kind=kind, outcome=outcome, visited_at=at, **subject
        )
        await visits.record(actor, draft)


async def _hazards() -> None:
    """Three at a time, over and over; every fifth has no due date, every seventh is closed."""
    for number in range(1, HAZARDS + 1):
        with clock.using(clock.HeldClock(FIRST + HALF_DAY * (number * 7 % 20))):
            hazard = await reporting.report(
                DISTRICT,
                Handling(),
                reporting.HazardDraft(
                    title=f"隐患{number}",
                    description="楼道" if number % 2 else None,
                    severity=(Severity.MINOR, Severity.SERIOUS, Severity.SUSPECTED_MAJOR)[
                        number % 3
                    ],
                    category=("STORAGE", "ELECTRICAL")[number % 2],
                    department=("FIRE_RESCUE", "HOUSING", None)[number % 3],
                    due_at=None if number % 5 == 0 else NOW + timedelta(days=number % 4 - 1),
                    client_id=UUID(int=1000 + number),
                    **_where(number),
                ),
            )
        assert hazard.id == number
    closings = [
        PastClosing(number, clock.now(), f"已整改{number}") for number in range(7, HAZARDS + 1, 7)
    ]
    await settling.close(DISTRICT, closings)


def _where(number: int) -> dict[str, Any]:
    """1 to 24 are in grid 1, up to 36 in grid 2, up to 54 in grid 3, the others in grid 4."""
    if number <= 24:
        return {"place_id": 2 - number % 2}
    if number <= 36:
        return {"place_id": 3} if number <= 30 else {"grid_code": GRID_2}
    return {"place_id": 4 if number <= 54 else 5}


async def _submissions(library: Library, plugins: Plugins) -> None:
    """1 shop, 2 restaurant, 3 survey, 4 round, 5 area, 6 resident, 7 shop in street B."""
    stops = [
        {"number": 1, "quiet": True, "seen": ["井盖", "路灯"], "talks": []},
        {
            "number": 2,
            "quiet": False,
            "talks": [{"topic": "噪音", "minutes": 5}, {"topic": "停车"}],
        },
    ]
    walked = {
        "weather": "RAIN",
        "walkedOn": "2026-04-30",
        "kilometres": 3.5,
        "route": {"start": "东门"},
        "stops": stops,
        "remark": "下雨",
    }
    small_places = "nine_small_places"
    kitchen = case(small_places, "restaurant_in_order")
    handed_in: list[tuple[Actor, str, str, int | str, dict[str, Any]]] = [
        (WORKER, "nineSmallPlacesShop", "Place", 1, case(small_places, "shop_three_faults")),
        (WORKER, "nineSmallPlacesRestaurant", "Place", 2, kitchen),
        (WORKER, "satisfaction", "Household", 1, case("satisfaction", "unaware_and_unsafe")),
        (WORKER, "gridRound", "Grid", GRID_1, walked),
        (STREET, "areaReport", "Area", STREET_A, {"meetings": 0}),
        (WORKER, "careNote", "Resident", 1, {"wellbeing": 4}),
        (OTHER_WORKER, "nineSmallPlacesShop", "Place", 5, case(small_places, "shop_in_order")),
    ]
    for number, (actor, form, subject_type, subject, answers) in enumerate(handed_in, start=1):
        draft = submissions.SubmissionDraft(
            client_id=UUID(int=2000 + number),
            form=form,
            version=1,
            answers=answers,
            form_path="/answers/json",
            answers_path="/answers/json/answers",
            subject_type=subject_type,
            subject_key=subject,
            location=Location(117.5, 36.7) if number == 1 else None,
            visit_id=4 if number == 1 else None,
        )
        submission = await submissions.submit(actor, library, plugins, Handling(), draft)
        assert submission.id == number


async def _lives() -> None:
    """What some hazards have been through: the eleventh is the seventeenth, reported twice.

    The fire service helps with the thirteenth, has asked for more time for the sixth, which is its
    own, has put the ninth right, and was called for the fortieth.
    """
    rules = Handling()
    order = dispatching.Order("HOUSING", ["FIRE_RESCUE"])
    await dispatching.dispatch(DISTRICT, rules, Target(13), order, "请尽快处理")
    await dispatching.dispatch(DISTRICT, rules, Target(6), dispatching.Order("FIRE_RESCUE"))
    await dispatching.accept(DEPARTMENT, rules, Target(6))
    await calling.call(STREET, rules, Target(40), ["FIRE_RESCUE", "MARKET_SUPERVISION"])
    await calling.answer(DEPARTMENT, rules, Target(40), calling.SIGN_IN)
    await duplicates.merge(COMMUNITY, rules, Target(11), 17, "同一处")
    await dispatching.request_extension(
        DEPARTMENT, rules, Target(6), NOW + timedelta(days=9), "等待配件"
    )
    await dispatching.dispatch(DISTRICT, rules, Target(9), dispatching.Order("FIRE_RESCUE"))
    await dispatching.accept(DEPARTMENT, rules, Target(9))
    photo = Photo("https://files.example/9.jpg", "9" * 64, NOW, "疏散通道")
    await rectifying.submit(
        DEPARTMENT, rules, Target(9), reporting.Rectification("已清理", [photo])
    )


async def _webhooks(vault: Vault) -> None:
    """One of the agency, parked and being delivered again; one of the district; one of another."""
    for actor, label, more in (
        (
            AGENCY,
            "消防指挥系统",
            {
                "event_filter": {"severity": ["SERIOUS"], "under": STREET_A},
                "status": WebhookStatus.PARKED,
                "reason": WebhookReason.TRIES_EXHAUSTED,
                "replay_position": 6,
                "replay_until": 20,
                "previous_secret_until": NOW,
            },
        ),
        (DISTRICT, "数据中台", {"lang": "en", "tries": 1, "next_try_at": NOW}),
        (OTHER_AGENCY, "住建平台", {}),
    ):
        row_key = clock.new_uuid()
        columns: dict[str, Any] = {"lang": "zh", "position": 30, **more}
        await Webhook.create(
            account_id=actor.account_id,
            label=label,
            url=f"https://hooks.example/{actor.account_id}",
            selection="{ cursor kind }",
            seal_id=row_key,
            secret_sealed=vault.seal("webhook", "secret", row_key, SECRET),
            created_at=FIRST,
            **columns,
        )
    for webhook, event, tried_at, failure in (
        (1, 7, FIRST, None),
        (1, 8, NOW, DeliveryFailure.STATUS),
        (2, 7, NOW, DeliveryFailure.TIMEOUT),
    ):
        await WebhookDelivery.create(
            webhook_id=webhook,
            event_id=event,
            position=event,
            try_number=webhook,
            tried_at=tried_at,
            duration_ms=12,
            outcome=DeliveryOutcome.FAILED if failure else DeliveryOutcome.DELIVERED,
            failure=failure,
            http_status=503 if failure is DeliveryFailure.STATUS else None,
            detail="忙" if failure is DeliveryFailure.STATUS else None,
            replayed=False,
        )


SECRET = PREFIX + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def case(plugin: str, name: str) -> dict[str, Any]:
    """The answers of one of the bundled plugins' golden cases."""
    path = bundled.folder("plugins") / plugin / "cases" / f"{name}.json"
    answers: dict[str, Any] = orjson.loads(path.read_bytes())["answers"]
    return answers

"""Registering webhooks and changing them: who may, what is refused, what the journal keeps."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from gridql.access.roles import Actor, Role
from gridql.domain.agencies.models import Webhook
from gridql.graph import single
from gridql.graph.context import Outlet
from gridql.graph.executor import Engine
from gridql.graph.trusted import TrustedDocuments
from gridql.journal.models import Entry
from tests.integration.domain.doing import send
from tests.integration.graph.people import AGENCY, DEPARTMENT, DISTRICT, OTHER_AGENCY, ROLES
from tests.integration.graph.world import World
from tests.integration.webhooks.office import (
    DISABLE,
    REDELIVER,
    REGISTER,
    RESUME,
    ROTATE,
    UPDATE,
)

MAY = {Role.DISTRICT, Role.DEPARTMENT, Role.AGENCY}
OF_AGENCY, OF_DISTRICT = "Webhook:1", "Webhook:2"
"""As the world is settled: the first is parked, with a range that is asked for again."""

SOUND = {
    "url": "https://hooks.example/fire?key=hush",
    "selection": "{ cursor kind }",
    "label": "指挥系统",
}
CHANGES: dict[str, dict[str, Any]] = {
    UPDATE: {"label": "新名称"},
    ROTATE: {},
    DISABLE: {},
    RESUME: {},
    REDELIVER: {"from": "7", "to": "8"},
}


def told(payload: Any) -> list[tuple[str, str | None]]:
    return [(each["code"], each["path"]) for each in payload["problems"]]


@pytest.mark.parametrize("actor", ROLES.values(), ids=ROLES)
async def test_who_may(world: World, actor: Actor) -> None:
    registered = await send(world, REGISTER, SOUND, actor=actor)

    assert told(registered) == ([] if actor.role in MAY else [("FORBIDDEN", None)])
    for webhook in (OF_AGENCY, OF_DISTRICT, "Webhook:999", "Hazard:1"):
        owner = {OF_AGENCY: AGENCY, OF_DISTRICT: DISTRICT}.get(webhook)
        for mutation, more in CHANGES.items():
            payload = await send(world, mutation, {"webhookId": webhook, **more}, actor=actor)

            if actor.role not in MAY:
                assert told(payload) == [("FORBIDDEN", None)]
            else:
                assert told(payload) == ([] if owner == actor else [("NOT_FOUND", "/webhookId")])


async def test_one_is_registered_with_a_secret_that_nothing_shows_again(world: World) -> None:
    filter = {"under": "370114001", "severity": ["SERIOUS"], "department": None}
    payload = await send(world, REGISTER, {**SOUND, "filter": filter, "lang": "zh"}, actor=AGENCY)

    head = world.services.tail.head()
    assert payload["webhook"] == {
        "id": "Webhook:4",
        "label": "指挥系统",
        "url": "https://hooks.example/fire?key=hush",
        "filter": {"under": "370114001", "severity": ["SERIOUS"]},
        "selection": "{ cursor kind }",
        "lang": "zh",
        "status": "ACTIVE",
        "cursor": str(head),
    }
    assert payload["secret"].startswith("whsec_")
    assert payload["secret"] not in str(await Webhook.filter(id=4).values())
    entry = await Entry.get(subject_type="Webhook")
    assert (entry.kind, entry.subject_id, entry.to_state) == ("REGISTERED", 4, "ACTIVE")
    assert entry.changes == {
        "host": "https://hooks.example",
        "selection": "{ cursor kind }",
        "label": "指挥系统",
        "filter": {"under": "370114001", "severity": ["SERIOUS"]},
    }


async def test_all_that_is_wrong_is_told_at_once(world: World) -> None:
    draft = {
        "url": "http://127.0.0.1/",
        "selection": "{\n  colour\n}",
        "label": " ",
        "filter": {"under": "37011"},
        "after": "999999",
    }
    before = await Webhook.all().count()

    english = await send(world, REGISTER, draft, actor=AGENCY)
    chinese = await send(world, REGISTER, draft, actor=AGENCY, lang="zh")

    assert english["webhook"] is None and english["secret"] is None
    assert [(each["code"], each["path"], each["message"]) for each in english["problems"]] == [
        ("INVALID", "/url", "It has to begin with https://."),
        (
            "INVALID",
            "/url",
            "This is no address of the public internet: nothing is sent there.",
        ),
        ("INVALID", "/label", "A label has 1 to 100 characters."),
        (
            "INVALID",
            "/selection",
            "Cannot query field 'colour' on type 'HazardEvent'. (line 2)",
        ),
        (
            "INVALID",
            "/filter/under",
            "This is no code of an area or a grid: those have 6, 9, 12 or 15 digits.",
        ),
        (
            "CURSOR_EXPIRED",
            "/after",
            "The cursor lies beyond the end of the journal: begin anew, from `journalEnd`.",
        ),
    ]
    assert [each["message"] for each in chinese["problems"]][2:4] == [
        "名称应为 1 至 100 个字。",
        "选择集无效：Cannot query field 'colour' on type 'HazardEvent'.（第 2 行）",
    ]
    assert await Webhook.all().count() == before


async def test_an_account_has_a_hundred_at_most(world: World) -> None:
    (row,) = await Webhook.filter(account_id=OTHER_AGENCY.account_id).values()
    del row["id"]
    await Webhook.bulk_create([Webhook(**row) for _ in range(99)])

    payload = await send(world, REGISTER, SOUND, actor=OTHER_AGENCY)

    assert told(payload) == [("CONFLICT", None)]
    assert told(await send(world, REGISTER, SOUND, actor=DEPARTMENT)) == []


async def test_what_is_changed_is_told_and_the_rest_stays(world: World) -> None:
    given = {"webhookId": OF_AGENCY, "url": "https://new.example/x?key=hush", "filter": None}
    payload = await send(world, UPDATE, given, actor=AGENCY)

    assert payload["webhook"] == {
        "id": OF_AGENCY,
        "label": "消防指挥系统",
        "url": "https://new.example/x?key=hush",
        "filter": None,
        "selection": "{ cursor kind }",
        "status": "PARKED",
    }
    entry = await Entry.get(subject_type="Webhook")
    assert (entry.kind, entry.changes) == (
        "CHANGED",
        {"host": "https://new.example", "filter": None},
    )
    refused = await send(
        world, UPDATE, {"webhookId": OF_AGENCY, "url": None, "selection": "{"}, actor=AGENCY
    )
    assert told(refused) == [("INVALID", "/url"), ("INVALID", "/selection")]


async def test_disabled_and_resumed(world: World) -> None:
    disabled = await send(world, DISABLE, {"webhookId": OF_DISTRICT}, actor=DISTRICT)
    resumed = await send(world, RESUME, {"webhookId": OF_DISTRICT}, actor=DISTRICT)
    moved = await send(world, RESUME, {"webhookId": OF_DISTRICT, "after": "40"}, actor=DISTRICT)

    assert disabled["webhook"] == {"id": OF_DISTRICT, "status": "DISABLED", "reason": "OWNER"}
    assert resumed["webhook"] == {
        "id": OF_DISTRICT,
        "status": "ACTIVE",
        "reason": None,
        "tries": 0,
        "nextTryAt": None,
        "cursor": "30",
    }
    assert moved["webhook"]["cursor"] == "40"
    entries = await Entry.filter(subject_type="Webhook").order_by("id")
    assert [(each.kind, each.from_state, each.to_state) for each in entries] == [
        ("DISABLED", "ACTIVE", "DISABLED"),
        ("RESUMED", "DISABLED", "ACTIVE"),
        ("RESUMED", "ACTIVE", "ACTIVE"),
    ]


async def test_a_range_that_can_be_delivered_again(world: World) -> None:
    async def asked(first: str, last: str) -> Any:
        given = {"webhookId": OF_AGENCY, "from": first, "to": last}
        return await send(world, REDELIVER, given, actor=AGENCY)

    assert told(await asked("9", "8")) == [("INVALID", "/to")]
    assert told(await asked("x", "999999")) == [("INVALID", "/from"), ("CURSOR_EXPIRED", "/to")]
    assert (await asked("7", "9"))["webhook"] == {
        "id": OF_AGENCY,
        "status": "ACTIVE",
        "reason": None,
        "replayUntil": "9",
    }
    row = await Webhook.get(id=1)
    assert (row.replay_position, row.position) == (6, 30)


async def test_nothing_of_others_is_seen(world: World) -> None:
    query = """{
      webhooks { totalCount edges { node { id deliveries { totalCount } } } }
      mine: webhook(id: "Webhook:1") { label }
      other: webhook(id: "Webhook:2") { label }
      node(id: "WebhookDelivery:3") { id }
    }"""

    assert await world.data(query, AGENCY) == {
        "webhooks": {
            "totalCount": 1,
            "edges": [{"node": {"id": OF_AGENCY, "deliveries": {"totalCount": 2}}}],
        },
        "mine": {"label": "消防指挥系统"},
        "other": None,
        "node": None,
    }


async def test_the_log_is_filtered_and_comes_newest_first(world: World) -> None:
    query = """query($filter: WebhookDeliveryFilter) {
      webhook(id: "Webhook:1") {
        deliveries(filter: $filter) { edges { node { cursor outcome event { id kind } } } }
      }
    }"""

    async def listed(**filter: Any) -> list[str]:
        found = await world.data(query, AGENCY, filter=filter)
        return [each["node"]["cursor"] for each in found["webhook"]["deliveries"]["edges"]]

    assert await listed() == ["8", "7"]
    assert await listed(outcome={"eq": "FAILED"}) == ["8"]
    assert await listed(eventId={"eq": "HazardEvent:7"}) == ["7"]


async def test_with_trusted_documents_a_selection_has_to_be_one_of_them(world: World) -> None:
    trusted = (
        "subscription Webhook($filter: HazardEventFilter) {\n"
        "  hazardUpdates(filter: $filter)\n{ kind }\n}"
    )
    closed = Engine(world.engine.schema, trusted=TrustedDocuments({"1": trusted}))
    outlet = Outlet(partial(single.faults, closed), False, lambda: None)
    world = replace(world, services=replace(world.services, outlet=outlet))

    assert told(await send(world, REGISTER, SOUND, actor=AGENCY)) == [("INVALID", "/selection")]
    one_of_them = {**SOUND, "selection": "{ kind }"}
    assert told(await send(world, REGISTER, one_of_them, actor=AGENCY)) == []

"""`plugin check` beside what was published before, and on the answers that came in."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gridql import clock
from gridql.database import connect
from gridql.domain.areas.models import Area, Grid
from gridql.domain.areas.rules import AreaLevel
from gridql.domain.places.models import Place
from gridql.domain.submissions.models import Submission
from gridql.forms.document import load_form
from gridql.forms.library import Library
from tests.acceptance.processes import Installation

TEA_HOUSE: dict[str, Any] = {
    "name": "teaHouse",
    "version": 1,
    "kind": "INSPECTION",
    "subject": "PLACE",
    "title": "茶馆检查",
    "schema": {
        "type": "object",
        "properties": {
            "kettleWatched": {"title": "烧水时有人看管吗？", "type": "boolean"},
            "seats": {"title": "座位数", "type": "integer", "minimum": 0},
            "rooms": {
                "title": "包间",
                "type": "array",
                "itemKey": "number",
                "items": {
                    "type": "object",
                    "properties": {
                        "number": {"title": "编号", "type": "integer"},
                        "lamp": {"title": "应急灯", "type": "boolean"},
                    },
                    "required": ["number"],
                },
            },
        },
        "required": ["kettleWatched"],
    },
}

ANSWERS = [
    {"kettleWatched": True},
    {"kettleWatched": True, "seats": 20},
    {"kettleWatched": False, "seats": 60, "rooms": [{"number": 1}, {"number": 2}]},
]


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """The form `teaHouse` in a plugin of its own."""
    path = tmp_path / "tea_house" / "forms" / "teaHouse.json"
    path.parent.mkdir(parents=True)
    write(path, TEA_HOUSE)
    return path


@pytest.fixture
def published(installation: Installation, form: Path) -> Installation:
    """An installation in which version 1 is published, and has three sets of answers."""
    asyncio.run(hand_in(installation.database_url, form))
    return installation


async def hand_in(database_url: str, form: Path) -> None:
    """Publish the form, and answer it."""
    database = await connect(database_url)
    try:
        library = Library()
        await library.publish([load_form(form, "tea_house")])
        known = library.get("teaHouse", 1)
        assert known is not None
        await Area.create(code="370114", name="章丘区", level=AreaLevel.DISTRICT)
        await Area.create(
            code="370114001", name="明水街道", level=AreaLevel.STREET, parent_id="370114"
        )
        await Area.create(
            code="370114001001", name="泉社区", level=AreaLevel.COMMUNITY, parent_id="370114001"
        )
        grid = await Grid.create(
            code="370114001001001", name="第一网格", community_id="370114001001"
        )
        place = await Place.create(
            name="泉茶馆", scheme="tea", category="T", address="泉边路 1 号", grid_id=grid.code
        )
        for answers in ANSWERS:
            await Submission.create(
                client_id=uuid4(),
                form_id=known.id,
                place_id=place.id,
                area_code=grid.code,
                grid_id=grid.code,
                answers=answers,
                observed_at=clock.now(),
                submitted_at=clock.now(),
            )
    finally:
        await database.close()


def write(path: Path, document: dict[str, Any], **changed: Any) -> None:
    path.write_text(json.dumps(document | changed, ensure_ascii=False), encoding="utf-8")


def narrower() -> dict[str, Any]:
    """Version 2, which asks more than version 1 did."""
    document: dict[str, Any] = json.loads(json.dumps(TEA_HOUSE)) | {"version": 2}
    questions = document["schema"]["properties"]
    questions["seats"]["maximum"] = 40
    questions["rooms"]["items"]["required"].append("lamp")
    questions["owner"] = {"title": "经营者", "type": "string"}
    document["schema"]["required"].append("seats")
    return document


def test_what_was_published_and_is_the_same_needs_no_word(
    published: Installation, form: Path
) -> None:
    checked = published.run("plugin", "check", str(form))

    assert (checked.returncode, checked.stdout) == (
        0,
        "tea_house: teaHouse V1; 0 case(s), all as they should be\n",
    )


def test_what_was_published_with_other_words_is_refused(
    published: Installation, form: Path
) -> None:
    write(form, narrower() | {"version": 1})

    checked = published.run("plugin", "check", str(form.parent.parent))

    assert (checked.returncode, checked.stdout) == (1, "")
    assert checked.stderr.splitlines()[:3] == [
        "error: tea_house: 1 form(s) were published with other words",
        "  teaHouse V1 is published, and never changes: raise its `version` to 2",
        "    /seats: may be at most 40 now",
    ]


def test_a_new_version_is_held_against_the_published_one_and_its_answers(
    published: Installation, form: Path
) -> None:
    write(form, narrower())

    checked = published.run("plugin", "check", str(form.parent.parent))

    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.splitlines() == [
        "tea_house: teaHouse V2; 0 case(s), all as they should be",
        "",
        "teaHouse V2 against V1, as it was published: 3 breaking change(s)",
        "  BREAKING  /seats: may be at most 40 now",
        "  BREAKING  /seats: has to be answered now",
        "  BREAKING  /rooms/-/lamp: has to be answered now",
        "  additive  /owner: is new",
        "  of 3 submission(s) of V1, 2 would not be taken",
        "          1 /rooms/-/lamp: “包间 › each item › 应急灯” is not answered.",
        "          1 /seats: “座位数” has to be at most 40.",
        "          1 /seats: “座位数” is not answered.",
    ]


def test_what_would_be_switched_off_is_told(published: Installation, form: Path) -> None:
    document = json.loads(json.dumps(TEA_HOUSE)) | {"version": 2}
    document["schema"]["if"] = {
        "properties": {"kettleWatched": {"const": True}},
        "required": ["kettleWatched"],
    }
    document["schema"]["then"] = {"properties": {"seats": False}}
    write(form, document)

    checked = published.run("plugin", "check", str(form))

    assert checked.stdout.splitlines()[-1] == (
        "  of 3 submission(s) of V1, 0 would not be taken, 1 would lose answers"
    )


def test_without_a_database_the_file_beside_it_counts(nowhere: Installation, form: Path) -> None:
    write(form.with_name("teaHouseV2.json"), TEA_HOUSE, version=2, title="茶楼检查")

    whole = nowhere.run("plugin", "check", str(form.parent.parent))
    one = nowhere.run("plugin", "check", str(form.with_name("teaHouseV2.json")))

    assert (whole.returncode, one.returncode) == (0, 0)
    assert whole.stdout.splitlines()[2:] == one.stdout.splitlines()[2:]
    assert one.stdout.splitlines()[2:] == [
        "teaHouse V2 against V1, as it stands beside it: additive",
        "  words     only texts, or how it is shown",
    ]


def test_a_database_that_cannot_be_asked_fails_nothing(nowhere: Installation, form: Path) -> None:
    lost = replace(nowhere, database_url="postgresql://nobody@127.0.0.1:9/nothing")

    checked = lost.run("plugin", "check", str(form))

    assert checked.returncode == 0
    assert checked.stderr.startswith("not compared with what was published: the database 'nothing'")

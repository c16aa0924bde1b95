"""Loading documents: what comes out of a sound one, and every fault of the others."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gridql.forms import FormKind, FormVersion, SubjectKind
from gridql.forms.document import load_form
from gridql.forms.faults import FormFault, FormRejected

Faults = Callable[[], tuple[FormFault, ...]]
Load = Callable[[], FormVersion]


def test_a_sound_form_is_loaded_whole(load: Load) -> None:
    form = load()

    assert (form.name, form.version, form.plugin) == ("stall", 1, "market")
    assert (form.kind, form.subject) == (FormKind.INSPECTION, SubjectKind.PLACE)
    assert (form.type_name, form.member_name) == ("StallV1", "stallV1")
    assert form.title == {"zh": "摊位检查", "en": "Stall check"}
    assert [rule.id for rule in form.findings] == ["exitClear", "noAlarm"]
    assert form.findings[0].title == {"zh": "出口被堵", "en": "Exit blocked"}
    assert form.findings[0].basis == (
        {"zh": "《消防法》第二十八条", "en": "Fire Protection Law art. 28"},
    )
    assert form.score is not None
    assert (form.score.start, [g.grade for g in form.score.grades]) == (100, ["A", "B"])
    assert form.measures[0].id == "alarmRate"


def test_the_schema_stands_alone_in_each_language(load: Load) -> None:
    schemas = load().schemas

    zh, en = schemas["zh"]["properties"], schemas["en"]["properties"]
    assert zh["exitClear"] == {"$ref": "#/$defs/CheckAnswer", "title": "出口畅通"}
    assert en["exitClear"] == {"$ref": "#/$defs/CheckAnswer", "title": "Exit clear"}
    assert schemas["en"]["$defs"]["CheckAnswer"]["oneOf"][1] == {
        "const": "NOT_OK",
        "title": "Not in order",
    }
    assert en["area"]["title"] == "面积"  # not translated: better than nothing
    assert list(zh) == list(en)


def test_what_graphql_needs_is_said_in_the_schema(load: Load) -> None:
    questions = load().schema["properties"]

    assert questions["floors"]["maximum"] == 2147483647
    assert questions["floors"]["minimum"] == 1
    assert questions["owner"]["additionalProperties"] is False


def test_the_ui_schema_is_translated(load: Load) -> None:
    assert load().ui_schemas["en"]["remark"] == {"ui:placeholder": "Say what you saw"}


def test_a_library_rule_about_a_question_not_asked_is_left_out(load: Load) -> None:
    assert "fireLane" not in [rule.id for rule in load().findings]


def test_conditions_inside_the_schema_are_checked_alike(
    document: dict[str, Any], faults: Faults
) -> None:
    document["schema"]["if"]["required"] = []
    document["schema"]["required"] = []
    document["schema"]["else"]["properties"]["alarm"] = False
    document["schema"]["dependentRequired"] = {"floors": ["are"]}

    assert {fault.pointer for fault in faults()} == {
        "/schema/if/properties/fuel",
        "/schema/else/properties/alarm",
        "/schema/dependentRequired/floors/0",
    }


def test_every_fault_is_told_at_once(document: dict[str, Any], faults: Faults) -> None:
    del document["kind"]
    document["colour"] = "red"
    document["name"] = "Stall"
    document["schema"]["properties"]["odd"] = {}
    document["findings"][1] |= {"at": "/none", "remarkFrom": "/floors", "severity": "MAJOR"}
    document["score"]["weights"].append(document["score"]["weights"][0])
    document["uiSchema"]["ui:order"] = ["fuel", "fule"]
    document["uiSchema"]["fule"] = {}

    assert {fault.pointer for fault in faults()} == {
        "/kind",
        "/colour",
        "/name",
        "/schema/properties/odd/type",
        "/findings/1/at",
        "/findings/1/remarkFrom",
        "/findings/1/severity",
        "/score/weights/1/id",
        "/uiSchema/ui:order",
        "/uiSchema/ui:order/1",
        "/uiSchema/fule",
    }


def test_a_fault_in_a_library_names_the_library(library: dict[str, Any], faults: Faults) -> None:
    library["$defs"]["exitClear"]["$ref"] = "gridql:chekc#/$defs/CheckAnswer"
    library["findings"][1]["when"]["properties"] = {"fireLine": {"const": "NOT_OK"}}
    library["findings"][1]["days"] = -1

    found = faults()

    places = {(Path(fault.file).name, fault.pointer) for fault in found}
    assert ("general.json", "/$defs/exitClear/$ref") in places
    assert ("general.json", "/findings/1") in places
    assert ("general.json", "/findings/1/days") in places


def test_a_definition_that_contains_itself_is_refused(
    document: dict[str, Any], library: dict[str, Any], faults: Faults
) -> None:
    document["schema"]["properties"]["odd"] = {"$ref": "library:general#/$defs/tree"}
    library["$defs"]["tree"] = {
        "type": "object",
        "properties": {"branch": {"$ref": "#/$defs/tree"}},
    }

    (fault,) = faults()

    assert fault.file.endswith("library/general.json")
    assert fault.pointer == "/$defs/tree/properties/branch/$ref"
    assert fault.reason == "the definition contains itself"
    assert fault.proposal == ("Give the inner level a definition of its own, that ends somewhere.")


def test_a_reference_to_itself_is_refused(document: dict[str, Any], faults: Faults) -> None:
    document["schema"]["$defs"] = {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}
    document["schema"]["properties"]["odd"] = {"$ref": "#/$defs/a"}

    assert "/schema/properties/odd/$ref" in {fault.pointer for fault in faults()}


def test_definitions_that_multiply_are_refused_quickly(
    document: dict[str, Any], faults: Faults
) -> None:
    document["schema"]["$defs"] = {
        f"d{n}": {
            "type": "object",
            "properties": {f"p{m}": {"$ref": f"#/$defs/d{n + 1}"} for m in range(10)},
        }
        for n in range(9)
    } | {"d9": {"type": "string"}}
    document["schema"]["properties"]["odd"] = {"$ref": "#/$defs/d0"}

    (fault,) = faults()

    assert "over 20000 parts" in fault.reason


def test_two_questions_that_would_be_one_type_are_refused(
    document: dict[str, Any], faults: Faults
) -> None:
    document["schema"]["properties"]["ownerPet"] = {"type": "string", "enum": ["CAT"]}
    document["schema"]["properties"]["owner"]["properties"]["pet"] = {
        "type": "string",
        "enum": ["DOG"],
    }

    (fault,) = faults()

    assert "StallV1OwnerPet" in fault.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "line 1, column 2"),
        (b"[]", "not an object"),
        (b'{"title": "\xff"}', "not UTF-8"),
        (b'{"name": "a", "name": "b"}', "'name' stands twice"),
        (b'{"version": NaN}', "NaN is no JSON number"),
        (b'{"version": ' + b"9" * 5000 + b"}", "not sound JSON"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "more than 64 levels"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "more than 64 levels"),
        (b'{"a": "' + b"x" * 1_000_000 + b'"}', "larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_sound_json_is_refused(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "forms" / "bad.json"
    path.parent.mkdir()
    path.write_bytes(content)

    with pytest.raises(FormRejected) as rejected:
        load_form(path, "market")

    (fault,) = rejected.value.faults
    assert reason in fault.reason


@pytest.mark.parametrize(
    ("pointer", "text", "reason"),
    [
        ("/schema/properties/none/title", "x", "nothing at"),
        ("/schema/properties/fuel/oneOf/0/const", "x", "not a text to translate"),
        ("/name", "x", "not a text to translate"),
        ("title", "x", "nothing at"),
        ("/title", 5, "not a text"),
    ],
)
def test_a_translation_may_only_replace_texts(
    english: dict[str, Any], faults: Faults, pointer: str, text: Any, reason: str
) -> None:
    english[pointer] = text

    (fault,) = faults()

    assert fault.file.endswith("stall.en.json")
    assert reason in fault.reason


def test_a_translation_into_its_own_or_an_unknown_language_is_refused(
    write: Callable[[], Path],
) -> None:
    path = write()
    for lang in ("zh", "fr"):
        path.with_name(f"stall.{lang}.json").write_text("{}")

    with pytest.raises(FormRejected) as rejected:
        load_form(path, "market")

    assert [Path(fault.file).name for fault in rejected.value.faults] == [
        "stall.fr.json",
        "stall.zh.json",
    ]


def test_the_file_is_called_like_the_form(document: dict[str, Any], faults: Faults) -> None:
    document["name"] = "booth"

    (fault,) = faults()

    assert fault.proposal == "Call the file booth.json."


def test_nothing_is_fetched(
    document: dict[str, Any], faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **_: asked.append(args))
    monkeypatch.setattr(socket.socket, "connect", lambda *args: asked.append(args))
    document["schema"]["properties"]["odd"] = {"$ref": "https://example.org/schema.json#/$defs/x"}
    document["schema"]["if"] = {"$ref": "https://example.org/schema.json"}
    document["findings"].append({"$ref": "https://example.org/findings.json"})
    document["$schema"] = "https://example.org/form.schema.json"

    assert {fault.pointer for fault in faults()} >= {
        "/schema/properties/odd/$ref",
        "/schema/if/$ref",
        "/findings/2/$ref",
    }
    assert asked == []


def test_a_version_comes_back_from_its_document(load: Load) -> None:
    form = load()

    again = FormVersion.from_document(json.loads(json.dumps(form.to_document())))

    assert again == form
    assert again.hash == form.hash


def test_the_hash_changes_with_any_word_and_not_with_the_order_of_keywords(
    load: Load, document: dict[str, Any], english: dict[str, str]
) -> None:
    before = load().hash

    floors = document["schema"]["properties"]["floors"]
    document["schema"]["properties"]["floors"] = dict(reversed(floors.items()))
    assert load().hash == before

    english["/findings/1/title"] = "Gas alarm missing"
    changed = load().hash
    assert changed != before

    questions = document["schema"]["properties"]
    document["schema"]["properties"] = dict(reversed(questions.items()))
    assert load().hash not in (before, changed)

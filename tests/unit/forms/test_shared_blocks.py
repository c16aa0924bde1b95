"""The blocks that come with gridql: typed, judged, in both languages, and bundled into a form."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gridql import bundled
from gridql.forms import FormVersion
from gridql.forms.document import load_form
from gridql.forms.judge import Judge
from gridql.forms.shape import EnumShape, ObjectShape, named, shape_of
from gridql.forms.source import read_source

SCHEMAS = bundled.folder("schemas")
BLOCKS = {
    "address": ["areaCode", "Address"],
    "check": ["CheckAnswer", "CheckItem", "YesNoAnswer", "YesNoItem"],
    "person": ["phone", "Person"],
    "photo": ["sha256", "Photo", "Photos"],
    "point": ["Point"],
    "scales": ["Satisfaction4", "Safety4", "Likert5"],
    "signature": ["SignatureMethod", "Signature"],
}
DIGEST = "a" * 64
PHOTO = {"uri": "https://files.example.org/1.jpg", "sha256": DIGEST}
QUESTIONS = {
    "owner": "person#/$defs/Person",
    "home": "address#/$defs/Address",
    "spot": "point#/$defs/Point",
    "photos": "photo#/$defs/Photos",
    "signature": "signature#/$defs/Signature",
    "exit": "check#/$defs/CheckItem",
    "lit": "check#/$defs/YesNoItem",
    "feelsSafe": "scales#/$defs/Likert5",
}
SOUND: dict[str, Any] = {
    "owner": {"name": "王芳", "phone": "13800000000", "role": "店主"},
    "home": {"street": "明水大街12号", "building": "3", "areaCode": "370114001003"},
    "spot": {"lon": 117.53, "lat": 36.71, "accuracyM": 8},
    "photos": [PHOTO | {"takenAt": "2026-05-01T08:30:00+08:00", "caption": "后门"}],
    "signature": {
        "signedBy": "王芳",
        "signedAt": "2026-05-01T08:30:00+08:00",
        "method": "PAPER",
        "documentSha256": DIGEST,
        "image": PHOTO,
    },
    "exit": {"answer": "NOT_OK", "remark": "后门上锁"},
    "lit": {"answer": "YES"},
    "feelsSafe": "AGREE",
}


def load(folder: Path, schemas: Path = SCHEMAS) -> FormVersion:
    path = folder / "forms" / "all.json"
    path.parent.mkdir(exist_ok=True)
    document = {
        "name": "all",
        "version": 1,
        "kind": "RECORD",
        "subject": "PLACE",
        "title": "全部",
        "schema": {
            "type": "object",
            "properties": {name: {"$ref": f"gridql:{ref}"} for name, ref in QUESTIONS.items()},
        },
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return load_form(path, "all", schemas)


def test_these_blocks_come_with_gridql() -> None:
    files = [path for path in SCHEMAS.glob("*.json") if "." not in path.stem]

    assert {path.stem: list(read_source(path).raw["$defs"]) for path in files} == BLOCKS


@pytest.mark.parametrize("name", BLOCKS)
def test_every_text_of_a_block_is_translated(name: str) -> None:
    source = read_source(SCHEMAS / f"{name}.json")

    assert source.faults == ()
    zh, en = (list(texts(source.by_lang[lang])) for lang in ("zh", "en"))
    assert {text for text in zh if not is_chinese(text)} <= {"SHA-256"}
    assert [text for text in en if is_chinese(text)] == []


def test_every_block_is_typed(tmp_path: Path) -> None:
    shape = shape_of(load(tmp_path))

    assert [each.name for each in named(shape) if isinstance(each, ObjectShape)] == [
        "AllV1Owner",
        "AllV1Home",
        "AllV1Spot",
        "AllV1Photos",
        "AllV1SignatureImage",
        "AllV1Signature",
        "AllV1Exit",
        "AllV1Lit",
        "AllV1",
    ]
    assert {each.name: each.origin for each in named(shape) if isinstance(each, EnumShape)} == {
        "SignatureMethod": "gridql:signature",
        "CheckAnswer": "gridql:check",
        "YesNoAnswer": "gridql:check",
        "Likert5": "gridql:scales",
    }


def test_sound_answers_are_taken(tmp_path: Path) -> None:
    verdict = Judge(load(tmp_path)).judge(SOUND)

    assert verdict.faults == ()
    assert verdict.answers == SOUND


@pytest.mark.parametrize(
    ("answers", "path"),
    [
        ({"owner": {}}, "/owner/name"),
        ({"owner": {"name": "王芳", "phone": "110"}}, "/owner/phone"),
        ({"owner": {"name": "王芳", "idNumber": "1"}}, "/owner/idNumber"),
        ({"home": {"street": "x", "areaCode": "3701"}}, "/home/areaCode"),
        ({"spot": {"lon": 36.71, "lat": 117.53}}, "/spot/lat"),
        ({"photos": [PHOTO, PHOTO]}, "/photos/1/sha256"),
        ({"photos": [{"uri": "1.jpg", "sha256": DIGEST}]}, "/photos/0/uri"),
        ({"signature": SOUND["signature"] | {"method": "FAX"}}, "/signature/method"),
        ({"signature": SOUND["signature"] | {"documentSha256": "A"}}, "/signature/documentSha256"),
        ({"exit": {"answer": "NOT_OK"}}, "/exit/remark"),
        ({"lit": {"answer": "MAYBE"}}, "/lit/answer"),
        ({"feelsSafe": "AGREED"}, "/feelsSafe"),
    ],
)
def test_other_answers_are_refused_with_their_place(
    tmp_path: Path, answers: dict[str, Any], path: str
) -> None:
    faults = Judge(load(tmp_path)).judge(answers).faults

    assert [fault.path for fault in faults] == [path]


def test_a_block_that_changes_leaves_what_was_published_as_it_was(tmp_path: Path) -> None:
    schemas = Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))
    stored = json.dumps(load(tmp_path, schemas).to_document())

    person = json.loads((schemas / "person.json").read_text(encoding="utf-8"))
    person["$defs"]["Person"]["required"].append("phone")
    (schemas / "person.json").write_text(json.dumps(person), encoding="utf-8")
    check = json.loads((schemas / "check.json").read_text(encoding="utf-8"))
    check["$defs"]["YesNoAnswer"]["oneOf"][0] = {"const": "SURE", "title": "当然"}
    (schemas / "check.json").write_text(json.dumps(check), encoding="utf-8")

    old, new = FormVersion.from_document(json.loads(stored)), load(tmp_path, schemas)
    answers = {"owner": {"name": "王芳"}, "lit": {"answer": "YES"}}
    assert Judge(old).judge(answers).faults == ()
    assert [fault.path for fault in Judge(new).judge(answers).faults] == [
        "/owner/phone",
        "/lit/answer",
    ]
    assert old.hash != new.hash


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (
            value[key] for key in ("title", "description") if isinstance(value.get(key), str)
        )
        for member in value.values():
            yield from texts(member)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)

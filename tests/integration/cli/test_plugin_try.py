"""`plugin try`: a form is asked on the terminal, and the verdict is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.processes import Installation

TEA_HOUSE: dict[str, Any] = {
    "name": "teaHouse",
    "version": 1,
    "draft": True,
    "kind": "INSPECTION",
    "subject": "PLACE",
    "title": "茶馆检查",
    "schema": {
        "type": "object",
        "properties": {
            "remark": {"title": "备注", "type": "string", "maxLength": 10},
            "fuel": {
                "title": "烧水用什么？",
                "type": "string",
                "oneOf": [
                    {"const": "GAS", "title": "燃气"},
                    {"const": "POWER", "title": "电"},
                ],
            },
            "alarm": {"title": "燃气报警器有效吗？", "type": "boolean"},
            "seats": {"title": "座位数", "type": "integer", "minimum": 1, "maximum": 99},
            "exits": {
                "title": "出口在哪？",
                "type": "array",
                "uniqueItems": True,
                "items": {
                    "type": "string",
                    "oneOf": [
                        {"const": "FRONT", "title": "前门"},
                        {"const": "BACK", "title": "后门"},
                    ],
                },
            },
            "owner": {
                "title": "经营者",
                "type": "object",
                "properties": {"fullName": {"title": "姓名", "type": "string"}},
                "required": ["fullName"],
            },
            "rooms": {
                "title": "包间",
                "type": "array",
                "itemKey": "number",
                "maxItems": 2,
                "items": {
                    "type": "object",
                    "properties": {"number": {"title": "编号", "type": "integer"}},
                    "required": ["number"],
                },
            },
        },
        "required": ["fuel", "seats", "owner"],
        "if": {"properties": {"fuel": {"const": "GAS"}}, "required": ["fuel"]},
        "then": {"required": ["alarm"]},
        "else": {"properties": {"alarm": False}},
    },
    "uiSchema": {"ui:order": ["fuel", "alarm", "*", "remark"]},
    "findings": [
        {
            "id": "noAlarm",
            "when": {"properties": {"alarm": {"const": False}}, "required": ["alarm"]},
            "at": "/alarm",
            "severity": "SERIOUS",
            "category": "GAS",
            "days": 3,
            "department": "HOUSING",
            "basis": ["《城镇燃气管理条例》"],
            "title": "没有燃气报警器",
            "remarkFrom": "/remark",
        }
    ],
    "score": {
        "max": 100,
        "weights": [
            {
                "id": "alarm",
                "when": {"properties": {"alarm": {"const": False}}, "required": ["alarm"]},
                "at": "/alarm",
                "points": -30,
                "title": "没有报警器",
            }
        ],
        "grades": [{"from": 0, "grade": "B"}, {"from": 90, "grade": "A"}],
    },
    "measures": [
        {
            "id": "alarmRate",
            "title": "报警器安装率",
            "numerator": {"properties": {"alarm": {"const": True}}, "required": ["alarm"]},
            "denominator": {"required": ["alarm"]},
        }
    ],
}

ENGLISH = {
    "/title": "Tea house",
    "/schema/properties/remark/title": "Remark",
    "/schema/properties/fuel/title": "What boils the water?",
    "/schema/properties/fuel/oneOf/0/title": "Gas",
    "/schema/properties/fuel/oneOf/1/title": "Electricity",
    "/schema/properties/alarm/title": "Does the gas alarm work?",
    "/schema/properties/seats/title": "Seats",
    "/schema/properties/exits/title": "Where are the exits?",
    "/schema/properties/exits/items/oneOf/0/title": "Front",
    "/schema/properties/exits/items/oneOf/1/title": "Back",
    "/schema/properties/owner/title": "Owner",
    "/schema/properties/owner/properties/fullName/title": "Name",
    "/schema/properties/rooms/title": "Rooms",
    "/schema/properties/rooms/items/properties/number/title": "Number",
    "/findings/0/title": "No gas alarm",
    "/findings/0/basis/0": "Urban Gas Regulation",
    "/score/weights/0/title": "No alarm",
    "/measures/0/title": "Share with an alarm",
}


@pytest.fixture
def form(nowhere: Installation) -> Path:
    """The draft of `teaHouse`, in the folder of the installation's own plugins."""
    path = nowhere.folder / "plugins" / "tea_house" / "forms" / "teaHouse.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(TEA_HOUSE, ensure_ascii=False), encoding="utf-8")
    english = path.with_name("teaHouse.en.json")
    english.write_text(json.dumps(ENGLISH), encoding="utf-8")
    return path


def lines(*typed: str) -> str:
    return "".join(f"{line}\n" for line in typed)


def test_it_asks_in_order_and_tells_what_is_found(nowhere: Installation, form: Path) -> None:
    typed = lines("1", "no", "12", "1, 2", "Li Min", "y", "3", "n", "kettle")
    tried = nowhere.run("plugin", "try", "teaHouse", "--lang", "en", typed=typed)

    assert tried.returncode == 0, tried.stderr
    asked = [line for line in tried.stderr.replace("> ", "").splitlines() if line]
    assert asked == [
        "Tea house (teaHouse V1)",
        "What boils the water?",
        "  1) Gas",
        "  2) Electricity",
        "Does the gas alarm work?",
        "  1) yes",
        "  2) no",
        "Seats",
        "Where are the exits? (optional, Enter to skip)",
        "  1) Front",
        "  2) Back",
        "  several, with commas between: 1,3",
        "Owner",
        "Name",
        "Rooms (optional, Enter to skip)",
        "  Fill it in? [y/N]",
        "  item 1",
        "Number",
        "  Another one? [y/N]",
        "Remark (optional, Enter to skip)",
    ]
    assert tried.stdout.splitlines() == [
        "1 finding(s)",
        "  SERIOUS  No gas alarm",
        "      GAS · within 3 working day(s) · by HOUSING · Does the gas alarm work?",
        "      Urban Gas Regulation",
        "      remark: kettle",
        "score 70 of 100, grade B",
        "     100  to begin with",
        "     -30  No alarm",
        "rates",
        "  Share with an alarm: counts against",
    ]


def test_it_asks_in_chinese_and_only_what_is_switched_on(nowhere: Installation, form: Path) -> None:
    typed = lines("电", "12", "", "李敏", "", "")
    tried = nowhere.run("plugin", "try", str(form), "--lang", "zh", typed=typed)

    assert tried.returncode == 0, tried.stderr
    assert "燃气报警器有效吗？" not in tried.stderr
    assert "出口在哪？（选填，直接回车跳过）" in tried.stderr
    assert tried.stdout.splitlines() == [
        "没有发现问题",
        "得分 100 / 100, 等级 A",
        "     100  起评分",
        "统计指标",
        "  报警器安装率: 不统计",
    ]


def test_a_wrong_answer_is_told_and_asked_again(nowhere: Installation, form: Path) -> None:
    typed = lines(
        "3", "2", "", "many", "100", "99", "1,1", "2", "李敏", "是", "7", "是", "7", "8", ""
    )
    tried = nowhere.run("plugin", "try", "teaHouse", "--lang", "zh", "--json", typed=typed)

    assert tried.returncode == 0, tried.stderr
    said = [line.replace("> ", "") for line in tried.stderr.splitlines()]
    assert [line for line in said if line.startswith("!")] == [
        "! “烧水用什么？”不是可选的答案，请选择：GAS (燃气)、POWER (电)。",
        "! 这一项必须回答。",
        "! “座位数”应为整数。",
        "! “座位数”不能大于99。",
        "! “出口在哪？”有重复的项。",
        "! “包间 › 第2项 › 编号”有重复的项。",
    ]
    assert json.loads(tried.stdout)["answers"] == {
        "fuel": "POWER",
        "seats": 99,
        "exits": ["BACK"],
        "owner": {"fullName": "李敏"},
        "rooms": [{"number": 7}, {"number": 8}],
    }


def test_an_input_that_ends_too_early_is_told(nowhere: Installation, form: Path) -> None:
    tried = nowhere.run("plugin", "try", "teaHouse", typed="1\n")

    assert (tried.returncode, tried.stdout) == (1, "")
    assert tried.stderr.endswith("error: the input ended before the form was complete\n")


def test_answers_come_from_a_file_too(nowhere: Installation, form: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"fuel": "GAS", "seats": 0, "alarm": True}), encoding="utf-8")

    tried = nowhere.run("plugin", "try", "teaHouse", "--lang", "en", "--answers", str(answers))

    assert (tried.returncode, tried.stderr) == (1, "")
    assert tried.stdout.splitlines() == [
        "2 problem(s): these answers would not be taken",
        "  /owner  “Owner” is not answered.",
        "  /seats  “Seats” has to be at least 1.",
    ]


def test_what_was_tried_is_kept_as_a_golden_case(nowhere: Installation, form: Path) -> None:
    case = form.parent.parent / "cases" / "no_alarm.json"
    typed = lines("1", "2", "12", "", "李敏", "", "没装")
    nowhere.run("plugin", "try", "teaHouse", "--save-case", str(case), typed=typed)

    checked = nowhere.run("plugin", "check", str(form.parent.parent))

    assert json.loads(case.read_bytes())["expected"] == {
        "findings": ["noAlarm"],
        "score": {"value": 70, "grade": "B"},
        "measures": {"alarmRate": False},
    }
    assert checked.stdout == "tea_house: teaHouse V1; 1 case(s), all as they should be\n"


def test_what_code_says_is_told(nowhere: Installation, form: Path) -> None:
    (form.parent.parent / "plugin.py").write_text(
        "from gridql.plugin import Found, Objection, Severity, hookimpl\n"
        "@hookimpl\n"
        "def objections(form, answers):\n"
        "    if answers['seats'] == 13:\n"
        "        return [Objection('/seats', {'zh': '请重数', 'en': 'Count again'})]\n"
        "@hookimpl\n"
        "def findings(form, answers):\n"
        "    if answers['seats'] > 50:\n"
        "        return [Found('crowd', '/seats', Severity.MINOR, 'CROWD', 0,\n"
        "                      {'zh': '座位过多', 'en': 'Too many seats'})]\n",
        encoding="utf-8",
    )

    many = nowhere.run(
        "plugin", "try", "teaHouse", "--lang", "en", typed=lines("2", "60", "", "Li", "", "")
    )
    thirteen = nowhere.run(
        "plugin", "try", "teaHouse", "--lang", "en", typed=lines("2", "13", "", "Li", "", "")
    )

    assert many.stdout.splitlines()[:3] == [
        "1 finding(s)",
        "  MINOR  Too many seats (found by the plugin's code)",
        "      CROWD · on the spot · Seats",
    ]
    assert thirteen.returncode == 1
    assert thirteen.stdout.splitlines() == [
        "1 problem(s): these answers would not be taken",
        "  /seats  Count again",
    ]


def test_code_that_fails_is_told_with_its_traceback(nowhere: Installation, form: Path) -> None:
    (form.parent.parent / "plugin.py").write_text(
        "from gridql.plugin import hookimpl\n"
        "@hookimpl\n"
        "def findings(form, answers):\n"
        "    return answers['nothing']\n",
        encoding="utf-8",
    )
    answers = form.parent.parent / "answers.json"
    sound = {"fuel": "POWER", "seats": 5, "owner": {"fullName": "Li"}}
    answers.write_text(json.dumps(sound), encoding="utf-8")

    tried = nowhere.run("plugin", "try", "teaHouse", "--answers", str(answers))

    assert tried.returncode == 1
    assert "the hook `findings` raised KeyError('nothing')" in tried.stderr
    assert "return answers['nothing']" in tried.stderr


def test_a_form_that_is_not_there_is_named(nowhere: Installation, form: Path) -> None:
    unknown = nowhere.run("plugin", "try", "teaHose")
    version = nowhere.run("plugin", "try", "teaHouse", "--version", "2")
    broken = form.with_name("teaHouse.en.json")
    broken.write_text("{", encoding="utf-8")
    out = nowhere.run("plugin", "try", str(form))

    assert (unknown.returncode, version.returncode, out.returncode) == (1, 1, 1)
    assert "there is no form teaHose; known are: careVisit, " in unknown.stderr
    assert "there is no form teaHouse V2; known are: careVisit, " in version.stderr
    assert f"{broken}#" in out.stderr
    assert "it is not JSON" in out.stderr

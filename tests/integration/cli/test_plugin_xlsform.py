"""`plugin import-xlsform`: a spreadsheet comes in, is checked, and takes answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from gridql.forms.document import load_form
from gridql.forms.judge import Judge
from tests.acceptance.processes import Installation

ZH, EN = "label::中文 (zh)", "label::English (en)"
Rows = Sequence[Mapping[str, str]]

SURVEY: Rows = [
    {"type": "today", "name": "today"},
    {
        "type": "select_one state",
        "name": "exit_state",
        ZH: "安全出口怎么样？",
        EN: "How is the exit?",
        "hint::中文 (zh)": "走到门口看。",
        "hint::English (en)": "Walk up to it.",
        "required": "yes",
        "appearance": "horizontal",
    },
    {
        "type": "text",
        "name": "exit_problem",
        ZH: "哪里不行？",
        EN: "What is wrong?",
        "required": "yes",
        "relevant": "${exit_state} = 'bad' or ${exit_state} = '堵死'",
        "constraint": "string-length(.) >= 2 and string-length(.) <= 20",
        "appearance": "multiline",
    },
    {"type": "begin_group", "name": "owner", ZH: "经营者", EN: "Owner"},
    {"type": "text", "name": "full_name", ZH: "姓名", EN: "Name", "required": "true()"},
    {
        "type": "text",
        "name": "phone",
        ZH: "电话",
        EN: "Telephone",
        "constraint": "regex(., '1[0-9]{10}')",
        "constraint_message::中文 (zh)": "十一位",
    },
    {
        "type": "integer",
        "name": "staff",
        ZH: "员工人数",
        EN: "People employed",
        "constraint": ". >= 0 and . < 500",
    },
    {"type": "end_group", "name": "owner"},
    {
        "type": "begin_repeat",
        "name": "cylinders",
        ZH: "气瓶",
        EN: "Cylinders",
        "relevant": "${staff} > 0",
    },
    {"type": "select_multiple fault", "name": "faults", ZH: "问题", EN: "Faults"},
    {
        "type": "decimal",
        "name": "litres",
        ZH: "容积",
        EN: "Litres",
        "required": "yes",
        "relevant": "selected(${faults}, 'old')",
    },
    {
        "type": "text",
        "name": "remark",
        ZH: "说明",
        EN: "Remark",
        "relevant": "${exit_state} = 'bad'",
    },
    {"type": "end_repeat"},
    {"type": "geopoint", "name": "place", ZH: "位置", EN: "Place"},
    {"type": "image", "name": "picture", ZH: "照片", EN: "Picture"},
    {"type": "note", "name": "thanks", ZH: "谢谢", EN: "Thank you"},
    {
        "type": "date",
        "name": "again_on",
        ZH: "复查日期",
        EN: "Look again on",
        "constraint": ". > today()",
        "required": "yes",
        "relevant": "${visits} > 1",
    },
    {"type": "calculate", "name": "visits", "calculation": "1 + 1"},
]

CHOICES: Rows = [
    {"list_name": "state", "name": "good", ZH: "畅通", EN: "Clear"},
    {"list_name": "state", "name": "bad", ZH: "不畅", EN: "Not clear"},
    {"list_name": "state", "name": "堵死", ZH: "堵死", EN: "Blocked"},
    {"list_name": "fault", "name": "old", ZH: "过期", EN: "Out of date", "media::image": "o.png"},
    {"list_name": "fault", "name": "leaks", ZH: "漏气", EN: "Leaks"},
]

SETTINGS: Rows = [
    {
        "form_title": "沿街商铺检查",
        "form_id": "shop",
        "version": "20240501",
        "default_language": "中文 (zh)",
    }
]


def spreadsheet(path: Path, **sheets: Rows) -> Path:
    """An XLSForm with these sheets, each a list of rows by the names of their columns."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(column) for column in columns])
    book.save(path)
    return path


@pytest.fixture
def shop_check(tmp_path: Path) -> Path:
    """A form with groups, repeats, conditions, constraints and two languages."""
    return spreadsheet(
        tmp_path / "Shop Check.xlsx", survey=SURVEY, choices=CHOICES, settings=SETTINGS
    )


@pytest.fixture
def imported(nowhere: Installation, shop_check: Path) -> Path:
    """The form that it has become."""
    done = nowhere.run(
        "plugin", "import-xlsform", str(shop_check), "--kind", "inspection", "--subject", "place"
    )
    assert done.returncode == 0, done.stderr
    path = nowhere.folder / "plugins" / "shop_check" / "forms" / "shopCheck.json"
    assert done.stdout == f"{path}\n"
    return path


SOUND: dict[str, Any] = {
    "exitState": "GOOD",
    "owner": {"fullName": "李敏", "staff": 2},
    "cylinders": [
        {"number": 1, "faults": ["OLD", "LEAKS"], "litres": 35.5},
        {"number": 2, "faults": []},
    ],
    "place": {"lon": 117.5, "lat": 36.7},
}


def test_it_passes_the_check(nowhere: Installation, imported: Path) -> None:
    checked = nowhere.run("plugin", "check", str(imported.parent.parent))

    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.startswith("shop_check: shopCheck V1;")


def test_it_answers_in_both_languages(imported: Path) -> None:
    form = load_form(imported, "shop_check")
    questions = {lang: form.schemas[lang]["properties"] for lang in ("zh", "en")}

    assert form.title == {"zh": "沿街商铺检查", "en": "沿街商铺检查"}
    assert (form.kind, form.subject) == ("INSPECTION", "PLACE")
    assert questions["zh"]["exitState"]["title"] == "安全出口怎么样？"
    assert questions["en"]["exitState"]["title"] == "How is the exit?"
    assert questions["en"]["exitState"]["description"] == "Walk up to it."
    assert questions["en"]["exitState"]["oneOf"] == [
        {"const": "GOOD", "title": "Clear"},
        {"const": "BAD", "title": "Not clear"},
        {"const": "CHOICE", "title": "Blocked"},
    ]
    assert list(questions["zh"]) == [
        "exitState",
        "exitProblem",
        "owner",
        "cylinders",
        "place",
        "picture",
        "againOn",
    ]
    assert form.ui_schemas["zh"]["exitState"] == {
        "ui:widget": "radio",
        "ui:options": {"inline": True},
    }


def test_sound_answers_are_taken(imported: Path) -> None:
    verdict = Judge(load_form(imported, "shop_check")).judge(SOUND)

    assert verdict.faults == ()
    assert verdict.answers == SOUND


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"exitState": None}, ["/exitState"]),
        ({"exitState": "BAD"}, ["/exitProblem"]),
        ({"exitState": "CHOICE", "exitProblem": "x"}, ["/exitProblem"]),
        ({"owner": None}, ["/owner"]),
        ({"owner": {"staff": 500}}, ["/owner/fullName", "/owner/staff"]),
        ({"owner": {"fullName": "李", "phone": "x12345678901"}}, ["/owner/phone"]),
        ({"cylinders": [{"faults": []}]}, ["/cylinders/0/number"]),
        ({"cylinders": [{"number": 1, "faults": ["OLD"]}]}, ["/cylinders/0/litres"]),
        ({"cylinders": [{"number": 1}, {"number": 1}]}, ["/cylinders/1/number"]),
        ({"place": {"lon": 200, "lat": 36}}, ["/place/lon"]),
    ],
)
def test_answers_are_judged_as_the_spreadsheet_says(
    imported: Path, changed: dict[str, Any], faults: list[str]
) -> None:
    verdict = Judge(load_form(imported, "shop_check")).judge(SOUND | changed)

    assert sorted(fault.path or "" for fault in verdict.faults) == faults


def test_what_is_not_relevant_is_dropped(imported: Path) -> None:
    judge = Judge(load_form(imported, "shop_check"))
    cylinders = [{"number": 1, "faults": ["LEAKS"], "litres": 3, "remark": "旧"}]

    no_staff = judge.judge(SOUND | {"owner": {"fullName": "李敏", "staff": 0}})
    in_order = judge.judge(SOUND | {"cylinders": cylinders, "exitProblem": "没有"})

    assert "cylinders" not in no_staff.answers
    assert "exitProblem" not in in_order.answers
    assert in_order.answers["cylinders"] == [{"number": 1, "faults": ["LEAKS"]}]


def test_what_is_left_out_is_listed_with_its_row(imported: Path) -> None:
    readme = (imported.parent.parent / "README.md").read_text(encoding="utf-8")
    listed = [line[2:] for line in readme.splitlines() if line.startswith("- ")]

    assert listed == [
        "survey, row 2: the today 'today': a submission has `observedAt`",
        "survey, row 7: the constraint_message of 'phone': there is nothing like it (中文 (zh))",
        "survey, row 10: the repeat 'cylinders': a question `number` was added, by which its items "
        "are told apart",
        "survey, row 17: the note 'thanks': it asks nothing; put its text into the `description` "
        "of a question",
        "survey, row 18: the constraint . > today(): the function today()",
        "survey, row 18: the relevance of 'again_on', ${visits} > 1: 'visits' is not taken over; "
        "it is asked always, and may be left out",
        "survey, row 19: the calculate 'visits': a form stores answers, not what follows from them",
        "choices, row 5: media of the choice 'old': a choice has a name and a title",
        "settings, row 2: the version '20240501': gridql counts versions from 1",
    ]
    assert "| `exit_state` | `exitState` |" in readme


def test_it_is_asked_on_the_terminal(nowhere: Installation, imported: Path) -> None:
    typed = "1\n李敏\n\n2\nn\nn\nn\n\n"
    tried = nowhere.run("plugin", "try", str(imported), "--lang", "zh", "--json", typed=typed)

    assert tried.returncode == 0, tried.stderr
    assert json.loads(tried.stdout)["answers"] == {
        "exitState": "GOOD",
        "owner": {"fullName": "李敏", "staff": 2},
    }


def test_a_form_in_one_language_has_no_other_file(nowhere: Installation, tmp_path: Path) -> None:
    plain = spreadsheet(
        tmp_path / "plain.xlsx",
        survey=[{"type": "text", "name": "what", "label": "What did you see?"}],
        settings=[{"form_title": "Patrol"}],
    )

    done = nowhere.run("plugin", "import-xlsform", str(plain))

    assert done.returncode == 0, done.stderr
    forms = nowhere.folder / "plugins" / "plain" / "forms"
    assert [path.name for path in forms.iterdir()] == ["plain.json"]
    document = json.loads((forms / "plain.json").read_bytes())
    assert (document["language"], document["title"], document["draft"]) == ("en", "Patrol", True)


def test_a_language_that_gridql_does_not_speak_is_named(
    nowhere: Installation, tmp_path: Path
) -> None:
    three = spreadsheet(
        tmp_path / "three.xlsx",
        survey=[
            {
                "type": "text",
                "name": "what",
                ZH: "看到什么？",
                EN: "What?",
                "label::Deutsch": "Was?",
            }
        ],
    )

    done = nowhere.run("plugin", "import-xlsform", str(three))

    assert done.returncode == 0, done.stderr
    assert "survey, row 1: the language 'Deutsch': gridql has zh and en" in done.stderr


def test_what_is_no_xlsform_is_told(nowhere: Installation, tmp_path: Path) -> None:
    unclosed = spreadsheet(
        tmp_path / "unclosed.xlsx",
        survey=[
            {"type": "begin_group", "name": "g", "label": "G"},
            {"type": "text", "name": "a", "label": "A"},
        ],
    )
    text = tmp_path / "text.xlsx"
    text.write_text("no spreadsheet", encoding="utf-8")
    notes = spreadsheet(
        tmp_path / "notes.xlsx", survey=[{"type": "note", "name": "n", "label": "Hello"}]
    )

    told = [nowhere.run("plugin", "import-xlsform", str(path)) for path in (unclosed, text, notes)]

    assert [each.returncode for each in told] == [1, 1, 1]
    assert "unclosed.xlsx is no sound XLSForm: [row : 2] Unmatched 'begin_group'" in told[0].stderr
    assert "text.xlsx" in told[1].stderr
    assert "nothing of it can be taken over:" in told[2].stderr
    assert "survey, row 2: the note 'n'" in told[2].stderr
    assert not (nowhere.folder / "plugins").exists()

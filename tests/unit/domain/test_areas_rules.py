"""Codes of areas, and reading areas from a CSV file: all that can be wrong with one."""

from __future__ import annotations

import pytest

from gridql.domain.areas.import_rules import AreaRow, AreaSheet, placed, read_sheet
from gridql.domain.areas.rules import AreaLevel, level_of, parent_code
from gridql.errors import Fault

HEADER = "level,code,name_zh,parent_code,name_en\n"
ABOVE = "province,370000,山东省,,\ncity,370100,济南市,370000,\ndistrict,370114,章丘区,370100,\n"


def told(faults: tuple[Fault, ...] | list[Fault]) -> dict[str, str]:
    """What is wrong, by line and column."""
    assert all(set(fault.text) == {"zh", "en"} for fault in faults)
    return {str(fault.path): fault.message("en") for fault in faults}


def faults_of(text: str) -> dict[str, str]:
    """What is wrong with a file of which nothing is in the database."""
    return told(placed(read_sheet(text.encode()), ())[1])


@pytest.mark.parametrize(
    ("code", "level", "above"),
    [
        ("370000", AreaLevel.PROVINCE, None),
        ("370100", AreaLevel.CITY, "370000"),
        ("370114", AreaLevel.DISTRICT, "370100"),
        ("370114002", AreaLevel.STREET, "370114"),
        ("370114002014", AreaLevel.COMMUNITY, "370114002"),
        ("370114002014003", AreaLevel.GRID, "370114002014"),
        ("37", None, None),
        ("3701140020140031", None, None),
        ("37011x", None, None),
        ("٣٧٠١١٤", None, None),
        ("", None, None),
    ],
)
def test_a_code_says_its_level_and_the_area_above(
    code: str, level: AreaLevel | None, above: str | None
) -> None:
    assert level_of(code) is level
    assert parent_code(code) == above


def test_a_file_is_read_with_its_line_numbers() -> None:
    text = (
        "level,code,name_zh,parent_code,kind,short_zh,pinyin,name_en,code12\r\n"
        "Street,370114001,明水街道,370114,street,明水,ming shui,Mingshui Street,370114001000\r\n"
        "\r\n"
        'VILLAGE,370114001003,"王 ""大"" 村",370114001,,,, ,\r\n'
        "town , 370114101 , 垛庄镇 ,370114,town,垛庄,duo zhuang,,\r\n"
    )

    sheet = read_sheet(b"\xef\xbb\xbf" + text.encode())

    assert sheet == AreaSheet(
        (
            AreaRow(2, AreaLevel.STREET, "370114001", "明水街道", "370114", "Mingshui Street"),
            AreaRow(4, AreaLevel.COMMUNITY, "370114001003", '王 "大" 村', "370114001", None),
            AreaRow(5, AreaLevel.STREET, "370114101", "垛庄镇", "370114", None),
        )
    )
    assert sheet.parents() == {"370114"}


def test_every_fault_of_every_row_is_told_with_its_line() -> None:
    text = HEADER + (
        "province,370000,山东省,,\n"
        "planet,370100,济南市,370000,\n"
        "district,3.70114E+11,章丘区,370100,\n"
        "street,370114001,,370114,\n"
        "street,370114002,双山街道,370115,\n"
        "street,370114002,双山街道,370114,\n"
        "community,370114001001,一村,370114001\n"
        "community,370114003001,三村,370114003,\n"
        "community,370114001002,二村,,\n"
        "city,370101,历下,370100,\n"
        "province,110000,北京市,100000,\n"
        f"street,370114009,{'长' * 101},370114,\n"
        "street,370114010,文\x07祖,370114,\n"
    )

    assert faults_of(text) == {
        "/3/level": "There is no level 'planet'; those known are province, city, district, "
        "street, town, community, village.",
        "/4/code": "'3.70114E+11' is no code of a district: that has 6 digits, not ending in 00.",
        "/5/name_zh": "The name is empty.",
        "/6/parent_code": "By its code it lies in 370114, not in '370115'.",
        "/7/code": "The code stands in line 6 already.",
        "/8": "The number of columns is 4, and should be 5 as in the first line.",
        "/9/parent_code": "The area above, 370114003, is neither in the file nor in the database.",
        "/10/parent_code": "By its code it lies in 370114001, not in ''.",
        "/11/code": "'370101' is no code of a city: that has 6 digits, only the last two of "
        "them 0.",
        "/12/parent_code": "Nothing lies above a province: leave it empty.",
        "/13/name_zh": "The name is longer than 100 characters.",
        "/14/name_zh": "The name has unprintable characters.",
    }


def test_one_row_can_be_wrong_in_several_ways() -> None:
    assert faults_of(HEADER + f"hamlet,3701,,370100,{'x' * 101}\n") == {
        "/2/level": "There is no level 'hamlet'; those known are province, city, district, "
        "street, town, community, village.",
        "/2/code": "'3701' is no code of an area.",
        "/2/name_zh": "The name is empty.",
        "/2/name_en": "The name is longer than 100 characters.",
    }


def test_what_lies_below_a_row_at_fault_is_not_wrong_for_that() -> None:
    text = HEADER + ABOVE + "street,370114001,,370114,\ncommunity,370114001001,一村,370114001,\n"

    assert faults_of(text) == {"/5/name_zh": "The name is empty."}


def test_an_area_above_that_is_nowhere_is_told_unless_the_database_has_it() -> None:
    sheet = read_sheet((HEADER + "street,370114001,明水街道,370114,\n").encode())

    assert told(placed(sheet, ())[1]) == {
        "/2/parent_code": "The area above, 370114, is neither in the file nor in the database."
    }
    assert placed(sheet, {"370114"}) == (list(sheet.rows), [])


def test_rows_come_from_the_top_down_whatever_their_order() -> None:
    lines = (ABOVE + "street,370114001,明水街道,370114,\n").splitlines()

    rows, faults = placed(read_sheet((HEADER + "\n".join(reversed(lines))).encode()), ())

    assert faults == []
    assert [row.code for row in rows] == ["370000", "370100", "370114", "370114001"]


def test_a_district_without_an_area_above_stands_at_the_top_or_where_its_code_says() -> None:
    sheet = read_sheet((HEADER + "district,370114,章丘区,,\n").encode())

    alone, _ = placed(sheet, ())
    below, _ = placed(sheet, {"370100"})

    assert [row.parent_code for row in (*alone, *below)] == [None, "370100"]


def test_lines_that_are_not_utf_8_are_told_and_the_others_are_checked() -> None:
    content = (
        HEADER.encode()
        + b"province,370000,Shandong,,\n"
        + "city,370100,济南市,370000,\n".encode("gb18030")
        + b"district,370114,,370100,\n"
    )

    assert told(read_sheet(content).faults) == {
        "/3": "This is not UTF-8: save the file as CSV UTF-8.",
        "/4/name_zh": "The name is empty.",
    }


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"", {"/1": "The file has no rows."}),
        (b"\n\n", {"/1": "The file has no rows."}),
        (HEADER.encode(), {"/1": "The file has no rows."}),
        ("code\n".encode("utf-16"), {"/1": "This is UTF-16: save the file as CSV UTF-8."}),
        (
            HEADER.encode() + b'province,370000,"Shandong,,\n\n',
            {"/2": "This is not CSV: unexpected end of data."},
        ),
        (
            b"level,code,name_zh,parent_code,code\n",
            {"/1": "The column code is there twice."},
        ),
        (
            b"level;code;name_zh;parent_code\n",
            {"/1": "No column is called 'level;code;name_zh;parent_code'."},
        ),
    ],
)
def test_a_file_that_is_no_such_table(content: bytes, faults: dict[str, str]) -> None:
    assert told(read_sheet(content).faults) == faults


def test_columns_that_are_missing_or_misspelt_are_told() -> None:
    faults = read_sheet(b"level,code,name_zh,parrent_code\n").faults

    assert [fault.message("en") for fault in faults] == [
        "The first line has to name the columns, separated by commas; missing: parent_code.",
        "No column is called 'parrent_code': is it parent_code?",
    ]

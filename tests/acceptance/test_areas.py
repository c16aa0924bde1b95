"""Areas from a CSV file, imported at the command line and read through the API."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from gridql.access.roles import Role
from gridql.journal.models import Entry
from tests.acceptance.processes import Installation
from tests.acceptance.town import town_of

HEADER = "level,code,name_zh,parent_code,kind,short_zh,pinyin,name_en,code12"

SMALL = f"""{HEADER}
province,370000,山东省,,province,山东,shan dong,Shandong Province,370000000000
city,370100,济南市,370000,city,济南,ji nan,Jinan City,370100000000
district,370114,章丘区,370100,district,章丘,zhang qiu,Zhangqiu District,370114000000
street,370114001,明水街道,370114,street,明水,ming shui,Mingshui Street,370114001000
street,370114002,双山街道,370114,street,双山,shuang shan,Shuangshan Street,370114002000
community,370114002014,古月山社区居委会,370114002,community,古月山,gu yue shan,,370114002014
"""
"""What the tests look at of the real file, for where that is not at hand."""

AREA = """
query Area($code: String!) {
  area(code: $code) {
    name level
    path { code name }
    children(first: 1) { totalCount }
    grids { totalCount }
  }
}
"""


class Csv(NamedTuple):
    """A file to import, and how many areas there are in it."""

    path: Path
    areas: int


@pytest.fixture
def csv(tmp_path: Path) -> Csv:
    """The 616 real areas of Zhangqiu where they are at hand, some of them everywhere else.

    GRIDQL_AREAS_CSV names the file; it is also found in `shared/data` beside the checkout.
    """
    named = os.environ.get("GRIDQL_AREAS_CSV")
    beside = Path(__file__).parents[3] / "shared" / "data" / "zhangqiu_areas.csv"
    real = Path(named) if named else beside
    if named or real.exists():
        return Csv(real, 616)
    small = tmp_path / "areas.csv"
    small.write_text(SMALL, encoding="utf-8")
    return Csv(small, 6)


async def test_areas_are_imported_once(installation: Installation, csv: Csv) -> None:
    first = installation.run("import", "areas", str(csv.path))
    second = installation.run("import", "areas", str(csv.path))

    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == f"{csv.areas} new, 0 changed, 0 unchanged\n"
    assert (second.returncode, second.stderr) == (0, "")
    assert second.stdout == f"0 new, 0 changed, {csv.areas} unchanged\n"
    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            agency = await town.someone(Role.AGENCY, "370114001")
            area = (await agency.ask(AREA, code="370114002014"))["area"]
            areas = (await agency.ask("{ areas { totalCount } }"))["areas"]
            absent = await agency.ask(AREA, code="370114999999")
            # One entry for each area, by the first import alone.
            entries = await Entry.filter(subject_type="Area").count()

    assert area == {
        "name": "古月山社区居委会",
        "level": "COMMUNITY",
        "path": [
            {"code": "370000", "name": "山东省"},
            {"code": "370100", "name": "济南市"},
            {"code": "370114", "name": "章丘区"},
            {"code": "370114002", "name": "双山街道"},
            {"code": "370114002014", "name": "古月山社区居委会"},
        ],
        "children": {"totalCount": 0},
        "grids": {"totalCount": 0},
    }
    assert areas == {"totalCount": csv.areas}
    assert absent == {"area": None}
    assert entries == csv.areas


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_street_that_is_renamed_by_a_later_file(
    installation: Installation, tmp_path: Path
) -> None:
    before, after = tmp_path / "before.csv", tmp_path / "after.csv"
    before.write_text(SMALL, encoding="utf-8")
    # As Excel writes it: a byte order mark, and lines that end in CRLF.
    after.write_text(SMALL.replace("明水街道", "明水新街道"), encoding="utf-8-sig", newline="\r\n")

    installation.run("import", "areas", str(before))
    renamed = installation.run("import", "areas", str(after))

    assert (renamed.returncode, renamed.stderr) == (0, "")
    assert renamed.stdout == ("370114001: 明水街道 -> 明水新街道\n0 new, 1 changed, 5 unchanged\n")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_every_bad_row_is_named_and_none_is_imported(
    installation: Installation, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    rows = [
        "district,370114,章丘区,370100,,,,,",
        "hamlet,370114001,明水街道,370114,,,,,",
        "street,370114002,,370114,,,,,",
        "district,370114,章丘,370100,,,,,",
        "street,370114003,枣园街道",
        "community,370115001001,远方社区,370115001,,,,,",
        "street,37011400,龙山街道,370114,,,,,",
        "street,370114005,埠村街道,370114,,,,,",
    ]
    bad.write_text("\n".join([HEADER, *rows]), encoding="utf-8")

    refused = installation.run("import", "areas", str(bad))

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.splitlines() == [
        f"error: {bad}: 6 line(s) are wrong; nothing was imported",
        "  line 3, level: There is no level 'hamlet'; those known are province, city, district, "
        "street, town, community, village.",
        "  line 4, name_zh: The name is empty.",
        "  line 5, code: The code stands in line 2 already.",
        "  line 6: The number of columns is 3, and should be 9 as in the first line.",
        "  line 7, parent_code: The area above, 370115001, is neither in the file nor in the "
        "database.",
        "  line 8, code: '37011400' is no code of a street: that has 9 digits.",
    ]
    good = tmp_path / "good.csv"
    good.write_text(SMALL, encoding="utf-8")
    assert installation.run("import", "areas", str(good)).stdout == (
        "6 new, 0 changed, 0 unchanged\n"
    )


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_file_that_is_no_table(installation: Installation, tmp_path: Path) -> None:
    table = tmp_path / "areas.csv"
    table.write_bytes("level;code;name\nstreet;370114001;明水".encode("gb18030"))

    refused = installation.run("import", "areas", str(table))

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.splitlines() == [
        f"error: {table}: 2 line(s) are wrong; nothing was imported",
        "  line 1: The first line has to name the columns, separated by commas; missing: level, "
        "code, name_zh, parent_code.",
        "  line 1: No column is called 'level;code;name'.",
        "  line 2: This is not UTF-8: save the file as CSV UTF-8.",
    ]

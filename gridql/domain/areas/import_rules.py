"""Areas as a CSV file brings them: how it is read, and everything that can be wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches

from gridql.domain.areas.records import Record, Records, fault
from gridql.domain.areas.rules import AreaLevel, level_of, parent_code
from gridql.errors import Fault, Text

REQUIRED = ("level", "code", "name_zh", "parent_code")
READ_OVER = ("kind", "short_zh", "pinyin", "code12")
"""Columns that such files have, and of which nothing is kept."""
COLUMNS = (*REQUIRED, "name_en", *READ_OVER)

LEVELS = {
    "province": AreaLevel.PROVINCE,
    "city": AreaLevel.CITY,
    "district": AreaLevel.DISTRICT,
    "street": AreaLevel.STREET,
    "town": AreaLevel.STREET,
    "community": AreaLevel.COMMUNITY,
    "village": AreaLevel.COMMUNITY,
}

MAX_NAME = 100
"""As many characters as the columns of names take."""

_FORMS: dict[AreaLevel, Text] = {
    AreaLevel.PROVINCE: {"zh": "6 位数字，后四位为 0", "en": "6 digits, the last four of them 0"},
    AreaLevel.CITY: {"zh": "6 位数字，仅后两位为 0", "en": "6 digits, only the last two of them 0"},
    AreaLevel.DISTRICT: {"zh": "6 位数字，不以 00 结尾", "en": "6 digits, not ending in 00"},
    AreaLevel.STREET: {"zh": "9 位数字", "en": "9 digits"},
    AreaLevel.COMMUNITY: {"zh": "12 位数字", "en": "12 digits"},
}

EMPTY = fault(1, None, "文件没有数据行。", "The file has no rows.")

_MAY_BE_TOP = (AreaLevel.PROVINCE, AreaLevel.CITY, AreaLevel.DISTRICT)


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area as the file has it; `line` is where its row begins, from 1."""

    line: int
    level: AreaLevel
    code: str
    name: str
    parent_code: str | None = None
    """None: not said, which only a district or above may do."""
    name_en: str | None = None
    """None: not said."""


@dataclass(frozen=True, slots=True)
class AreaSheet:
    """The rows of a file that are sound by themselves, and what is wrong with the others.

    The path of a fault is the line and the column: `/12/level`, `/12`.
    """

    rows: tuple[AreaRow, ...]
    faults: tuple[Fault, ...] = ()
    codes: frozenset[str] = frozenset()
    """Codes that the file has beside those of `rows`: whatever stands in the rows at fault."""

    def all_codes(self) -> set[str]:
        """The codes of all rows, of those at fault too."""
        return {row.code for row in self.rows} | self.codes

    def parents(self) -> set[str]:
        """The codes of the areas above that the file itself does not have."""
        above = {parent_code(row.code) for row in self.rows} - self.all_codes()
        return {code for code in above if code is not None}


def read_sheet(content: bytes) -> AreaSheet:
    """Read a CSV file: UTF-8, with or without a byte order mark, one line of column names first."""
    records = Records(content)
    header = next(iter(records), None)
    if header is None:
        return AreaSheet((), tuple(records.faults) or (EMPTY,))
    names = [name.strip().lower() for name in header.cells]
    faults = list(_header_faults(header.line, names))
    if faults:
        return AreaSheet((), (*records.faults, *faults))
    rows: list[AreaRow] = []
    codes: set[str] = set()
    lines: dict[str, int] = {}
    for record in records:
        wrong: list[Fault] = []
        if len(record.cells) != len(names):
            wrong.append(_wrong_width(record, len(names)))
        elif record.readable:
            cells = dict(zip(names, record.cells, strict=True))
            wrong += _row_faults(record.line, cells)
            wrong += _seen_before(record.line, cells["code"], lines)
            if not wrong:
                rows.append(_row(record.line, cells))
        if wrong or not record.readable:
            codes.update(record.cells)
        faults += wrong
    faults += records.faults
    if not rows and not faults:
        faults.append(EMPTY)
    return AreaSheet(tuple(rows), _in_order(faults), frozenset(codes))


def placed(sheet: AreaSheet, known: Collection[str]) -> tuple[list[AreaRow], list[Fault]]:
    """The rows, from the top of the tree down, each below the area that its code names.

    `known` are those of `sheet.parents()` that exist already. A district, city or province whose
    row names no area above goes below it where it is there, and else to the top. With the rows come
    all faults: those of the sheet, and areas above that are nowhere.
    """
    there = sheet.all_codes() | set(known)
    faults = list(sheet.faults)
    rows = []
    for row in sheet.rows:
        above = parent_code(row.code)
        if above in there:
            rows.append(replace(row, parent_code=above))
        elif row.parent_code is None:
            rows.append(row)
        else:
            faults.append(
                fault(
                    row.line,
                    "parent_code",
                    f"上级 {above} 既不在文件中，也不在数据库中。",
                    f"The area above, {above}, is neither in the file nor in the database.",
                )
            )
    order = list(AreaLevel)
    rows.sort(key=lambda row: (order.index(row.level), row.code))
    return rows, list(_in_order(faults))


def _header_faults(line: int, names: list[str]) -> Iterator[Fault]:
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        listed = ", ".join(missing)
        yield fault(
            line,
            None,
            f"第一行应为列名，以逗号分隔；缺少：{listed}。",
            f"The first line has to name the columns, separated by commas; missing: {listed}.",
        )
    for index, name in enumerate(names):
        if name in names[:index]:
            yield fault(line, None, f"列 {name} 出现两次。", f"The column {name} is there twice.")
        elif name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, n=1)
            zh, en = (f"，是否为 {near[0]}？", f": is it {near[0]}?") if near else ("。", ".")
            yield fault(
                line, None, f"没有 {name!r} 这一列{zh}", f"No column is called {name!r}{en}"
            )


def _row_faults(line: int, cells: dict[str, str]) -> Iterator[Fault]:
    level = LEVELS.get(cells["level"].lower())
    if level is None:
        known = ", ".join(LEVELS)
        yield fault(
            line,
            "level",
            f"没有 {cells['level']!r} 这一级；应为：{known}。",
            f"There is no level {cells['level']!r}; those known are {known}.",
        )
    code = cells["code"]
    if level is None and level_of(code) is None:
        yield fault(line, "code", f"{code!r} 不是区划代码。", f"{code!r} is no code of an area.")
    elif level is not None and level_of(code) is not level:
        form, what = _FORMS[level], cells["level"].lower()
        yield fault(
            line,
            "code",
            f"代码 {code!r} 与级别 {what} 不符：应为{form['zh']}。",
            f"{code!r} is no code of a {what}: that has {form['en']}.",
        )
    elif level is not None:
        yield from _parent_faults(line, level, code, cells["parent_code"])
    for name in ("name_zh", "name_en"):
        yield from _name_faults(line, name, cells.get(name, ""))


def _parent_faults(line: int, level: AreaLevel, code: str, given: str) -> Iterator[Fault]:
    above = parent_code(code)
    if given == (above or "") or (not given and level in _MAY_BE_TOP):
        return
    if above is None:
        yield fault(
            line,
            "parent_code",
            "省级没有上级，应为空。",
            "Nothing lies above a province: leave it empty.",
        )
    else:
        yield fault(
            line,
            "parent_code",
            f"按代码，上级应为 {above}，而不是 {given!r}。",
            f"By its code it lies in {above}, not in {given!r}.",
        )


def _name_faults(line: int, column: str, name: str) -> Iterator[Fault]:
    if column in REQUIRED and not name:
        yield fault(line, column, "名称为空。", "The name is empty.")
    if len(name) > MAX_NAME:
        yield fault(
            line,
            column,
            f"名称超过 {MAX_NAME} 个字符。",
            f"The name is longer than {MAX_NAME} characters.",
        )
    if not name.isprintable():
        yield fault(line, column, "名称含有控制字符。", "The name has unprintable characters.")


def _seen_before(line: int, code: str, lines: dict[str, int]) -> Iterator[Fault]:
    """A fault for a code that another line has too; else `lines` takes this one down."""
    if code and lines.setdefault(code, line) != line:
        yield fault(
            line,
            "code",
            f"代码与第 {lines[code]} 行重复。",
            f"The code stands in line {lines[code]} already.",
        )


def _wrong_width(record: Record, width: int) -> Fault:
    count = len(record.cells)
    return fault(
        record.line,
        None,
        f"有 {count} 列，应为 {width} 列。",
        f"The number of columns is {count}, and should be {width} as in the first line.",
    )


def _row(line: int, cells: dict[str, str]) -> AreaRow:
    return AreaRow(
        line=line,
        level=LEVELS[cells["level"].lower()],
        code=cells["code"],
        name=cells["name_zh"],
        parent_code=cells["parent_code"] or None,
        name_en=cells.get("name_en") or None,
    )


def _in_order(faults: list[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(faults, key=lambda fault: int((fault.path or "/0").split("/")[1])))

"""The records of a CSV file, by line, and what cannot be read of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from gridql.errors import Fault, invalid


@dataclass(frozen=True, slots=True)
class Record:
    """One record; `line` is where it begins, from 1."""

    line: int
    cells: list[str]
    readable: bool
    """Whether all of it was UTF-8; what was not is told among the faults."""


class Records:
    """The records of a CSV file, as far as it is CSV; `faults` tells, after the last, what is not.

    Cells come without the spaces around them, and empty lines not at all.
    """

    def __init__(self, content: bytes) -> None:
        self.faults: list[Fault] = []
        self._unreadable: set[int] = set()
        text = self._decode(content)
        self._reader = csv.reader(io.StringIO(text, newline=""), strict=True)

    def _decode(self, content: bytes) -> str:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            zh, en = (
                "文件是 UTF-16，请另存为 UTF-8。",
                "This is UTF-16: save the file as CSV UTF-8.",
            )
            self.faults.append(fault(1, None, zh, en))
            return ""
        # Line by line as the CSV reader counts them.
        for number, line in enumerate(content.splitlines(), 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                zh, en = (
                    "不是 UTF-8，请另存为 UTF-8。",
                    "This is not UTF-8: save the file as CSV UTF-8.",
                )
                self.faults.append(fault(number, None, zh, en))
                self._unreadable.add(number)
        return content.decode("utf-8-sig", "replace")

    def __iter__(self) -> Iterator[Record]:
        while True:
            line = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                self.faults.append(
                    fault(line, None, f"不是正确的 CSV：{error}。", f"This is not CSV: {error}.")
                )
                continue
            readable = self._unreadable.isdisjoint(range(line, self._reader.line_num + 1))
            if cells:
                yield Record(line, [cell.strip() for cell in cells], readable)


def fault(line: int, column: str | None, zh: str, en: str) -> Fault:
    """What is wrong in a line, or in one column of it."""
    return invalid(f"/{line}/{column}" if column else f"/{line}", zh, en)

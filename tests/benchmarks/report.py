"""What was measured, as a table and as JSON, and whether it is what was promised."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from tests.benchmarks.following import ALONE, MIXED, STALLED, TOGETHER

LEAST = {
    ("postgres", "page"): 50,
    ("postgres", "single"): 15,
    ("postgres", "dashboard"): 4,
    ("sqlite", "page"): 18,
}
"""How many times less CPU than the idiomatic server gridql's server takes for a request."""

GRIDQL = "gridql"

COUNTED_AT_LEAST = 3
"""How many times as long it takes to count the dashboard's figures from the visits."""

GROWN_AT_MOST = 1.3
"""What a page costs with ten times the rows, where it cost 1 before."""

JUDGED_AT_LEAST = {"valid": 20, "invalid": 2}
"""How many times quicker than jsonschema a form's answers are judged."""

HELD_AT_MOST_MS = 20
"""How long a batch of submissions may keep the event loop at one time."""

SWAPPED_AT_MOST = 1 / 3
"""What taking in one form that has changed costs, where building all of them costs 1."""


TOGETHER_AT_LEAST = 10
"""How many times less an event takes, in CPU and time, for subscribers who ask the same than for
as many who are told one by one."""

MIXED_AT_MOST = 5
"""What an event takes with a hundred different filters, where it takes 1 with one."""

STALLED_AT_MOST = 1.25
"""What an event takes beside a reader that stalls; the machine itself makes as much difference."""

KB_AT_MOST = 45
"""What a subscriber keeps of the server's memory."""


@dataclass
class Line:
    """One promise and what was found."""

    what: str
    found: float
    holds: bool


@dataclass
class Report:
    """Everything that one run found."""

    scale: float
    databases: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By dialect, query and server."""
    counted: dict[str, dict[str, float]] = field(default_factory=dict)
    """By dialect: milliseconds with the kept columns, and counted from the visits."""
    growth: dict[str, Any] = field(default_factory=dict)
    forms: dict[str, Any] = field(default_factory=dict)
    following: dict[str, Any] = field(default_factory=dict)

    def lines(self) -> list[Line]:
        """The promises that this run says something about."""
        found = []
        for (dialect, query), least in LEAST.items():
            if dialect in self.databases:
                ratio = self.databases[dialect][query]["idiomatic ÷"]["server_cpu_s_per_1000"]
                what = f"{dialect}, {query}: server CPU at least {least} times less"
                found.append(Line(what, ratio, ratio >= least))
        for dialect, took in self.counted.items():
            ratio = took["counted_ms"] / took["kept_ms"]
            what = (
                f"{dialect}, dashboard: counting visits takes at least {COUNTED_AT_LEAST} times "
                "as long"
            )
            found.append(Line(what, ratio, ratio >= COUNTED_AT_LEAST))
        if self.growth:
            ratio = self.growth["ratio"]["total_cpu_s_per_1000"]
            what = (
                f"postgres, page: with {self.growth['times']:g} times the rows at most "
                f"{GROWN_AT_MOST} times the CPU of server and database"
            )
            found.append(Line(what, ratio, ratio <= GROWN_AT_MOST))
        return [*found, *self._lines_of_forms(), *self._lines_of_following()]

    def _lines_of_forms(self) -> Iterator[Line]:
        if not self.forms:
            return
        for kind, least in JUDGED_AT_LEAST.items():
            ratio = _quicker(self.forms["judging"][kind])
            what = f"forms, {kind} answers: judged at least {least} times quicker than jsonschema"
            yield Line(what, ratio, ratio >= least)
        held_ms = self.forms["holding"]["batch_ms"]
        what = f"forms, 1000 submissions: the loop held at most {HELD_AT_MOST_MS} ms at a time"
        yield Line(what, held_ms, held_ms <= HELD_AT_MOST_MS)
        ratio = self.forms["swapping"]["ratio"]
        what = f"forms, one of 50 changed: at most {SWAPPED_AT_MOST:.2f} of building all"
        yield Line(what, ratio, ratio <= SWAPPED_AT_MOST)

    def _lines_of_following(self) -> Iterator[Line]:
        if not self.following:
            return
        taken = self.following["taken"]
        together = taken[TOGETHER]
        for figure, name in (("cpu_ms", "CPU"), ("wall_ms", "time")):
            ratio = taken[ALONE][figure] / together[figure]
            what = (
                f"following, {name}: for all together at least {TOGETHER_AT_LEAST} times less than "
                "for each alone"
            )
            yield Line(what, ratio, ratio >= TOGETHER_AT_LEAST)
            for other, most in ((MIXED, MIXED_AT_MOST), (STALLED, STALLED_AT_MOST)):
                ratio = taken[other][figure] / together[figure]
                what = f"following, {name}: {other} at most {most} times of all together"
                yield Line(what, ratio, ratio <= most)
        for name, kb in self.following["memory"].items():
            what = f"following, memory of a subscriber, {name}: at most {KB_AT_MOST}"
            yield Line(what, kb, kb <= KB_AT_MOST)

    def save(self, path: Path) -> None:
        """Write everything as JSON."""
        document = {
            "scale": self.scale,
            "machine": {"cpus": os.cpu_count(), "python": platform.python_version()},
            "databases": self.databases,
            "counted": self.counted,
            "growth": self.growth,
            "forms": self.forms,
            "following": self.following,
            "lines": self.lines(),
        }
        path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))

    def show(self, console: Console) -> None:
        """Print the tables."""
        for dialect, queries in self.databases.items():
            console.print(_compared(dialect, queries))
        if self.counted:
            console.print(_counted(self.counted))
        if self.growth:
            console.print(_grown(self.growth))
        if self.forms:
            console.print(_of_forms(self.forms))
        if self.following:
            console.print(_of_following(self.following))
        promises = Table("promised", "found", "holds", title="Promises")
        for line in self.lines():
            promises.add_row(line.what, f"{line.found:.2f}", "yes" if line.holds else "NO")
        console.print(promises)


COLUMNS = {
    "server_cpu_s_per_1000": "server CPU, s per 1000",
    "database_cpu_s_per_1000": "database CPU, s per 1000",
    "p50_ms": "p50 at 1, ms",
    "requests_per_s": "requests/s at 32",
}


def compared(by_server: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """The figures of each server, and behind those of another how many times better gridql is."""
    found = {}
    for name, figures in by_server.items():
        found[name] = figures
        if name != GRIDQL:
            found[f"{name} ÷"] = _ratios(by_server[GRIDQL], figures)
    return found


def _ratios(gridql: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    """How many times better gridql is, by each figure; 0 where there is nothing to compare."""
    found = {}
    for name, ours in gridql.items():
        better, worse = (other[name], ours) if name == "requests_per_s" else (ours, other[name])
        found[name] = worse / better if better else 0.0
    return found


def _compared(dialect: str, queries: dict[str, dict[str, dict[str, float]]]) -> Table:
    table = Table("query", "server", title=f"On {dialect}")
    for title in COLUMNS.values():
        table.add_column(title, justify="right", no_wrap=True)
    for query, by_server in queries.items():
        for server, figures in by_server.items():
            cells = [_shown(figures[name]) for name in COLUMNS]
            table.add_row(query, server, *cells)
        table.add_section()
    return table


def _counted(found: dict[str, dict[str, float]]) -> Table:
    table = Table("database", title="The dashboard's statement, median, ms")
    for title in ("columns kept on the household", "visits counted", "ratio"):
        table.add_column(title, justify="right", no_wrap=True)
    for dialect, took in found.items():
        kept, counted = took["kept_ms"], took["counted_ms"]
        table.add_row(dialect, _shown(kept), _shown(counted), f"{counted / kept:.1f}×")
    return table


def _grown(found: dict[str, Any]) -> Table:
    table = Table("rows", title="The page with more rows, on postgres")
    for title in COLUMNS.values():
        table.add_column(title, justify="right", no_wrap=True)
    for name in ("before", "after", "ratio"):
        table.add_row(name, *(_shown(found[name][column]) for column in COLUMNS))
    return table


def _of_following(found: dict[str, Any]) -> Table:
    table = Table("1000 subscribers", title="An event, to all of them")
    for title in ("until the last, ms", "server CPU, ms"):
        table.add_column(title, justify="right", no_wrap=True)
    for name, took in found["taken"].items():
        table.add_row(name, _shown(took["wall_ms"]), _shown(took["cpu_ms"]))
    return table


def _of_forms(found: dict[str, Any]) -> Table:
    table = Table("what", "figure", title="Forms")
    table.add_column("found", justify="right", no_wrap=True)
    for kind, took in found["judging"].items():
        what = f"{kind} answers to 40 questions"
        table.add_row(what, "gridql, CPU, µs", _shown(took["gridql_us"]))
        table.add_row("", "jsonschema, CPU, µs", _shown(took["jsonschema_us"]))
        table.add_row("", "ratio", f"{_quicker(took):.1f}×")
        table.add_section()
    held = found["holding"]
    table.add_row("1000 submissions", "the loop held, longest, ms", _shown(held["batch_ms"]))
    table.add_row("", "the longest of all turns, ms", _shown(held["worst_ms"]))
    table.add_row("", "at rest, ms", _shown(held["idle_ms"]))
    table.add_row("", "submissions/s", _shown(held["submissions_per_s"]))
    table.add_section()
    swapped = found["swapping"]
    table.add_row("50 forms", "building all, s", _shown(swapped["all_s"]))
    table.add_row("", "taking in one that has changed, s", _shown(swapped["one_s"]))
    table.add_row("", "ratio", _shown(swapped["ratio"]))
    return table


def _quicker(took: dict[str, float]) -> float:
    """How many times quicker gridql judges."""
    return took["jsonschema_us"] / took["gridql_us"]


def _shown(value: float) -> str:
    if not value:
        return "–"
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"

"""Measures reads, forms and followers, beside others in turns, and prints what each takes.

make bench
python -m tests.benchmarks.drive --help
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from tests.benchmarks import following, forms, processes
from tests.benchmarks.counting import counted
from tests.benchmarks.fill import fill
from tests.benchmarks.ground import sizes
from tests.benchmarks.queries import queries
from tests.benchmarks.report import Report, compared
from tests.benchmarks.turns import Plan, in_turns, same

RESULTS = Path(__file__).parent / "results.json"


class Only(StrEnum):
    """What is measured."""

    READS = "reads"
    FORMS = "forms"
    FOLLOWING = "following"
    ALL = "all"


class Bench:
    """One run: its folder, its plan and what it has found."""

    def __init__(self, folder: Path, scale: float, plan: Plan, console: Console) -> None:
        self._folder = folder
        self._scale = scale
        self._plan = plan
        self._console = console
        self._queries = queries(sizes(scale))
        self.report = Report(scale)

    async def compare(self, dialect: str, url: str, database_cpu_s: Callable[[], float]) -> None:
        """Both servers over one database, freshly filled, query by query."""
        token = await self._fill(url, self._scale)
        with ExitStack() as stack:
            folder = self._folder / dialect
            opened = [
                processes.gridql(url, folder),
                processes.idiomatic(url, folder),
                processes.idiomatic(url, folder, tuned=True),
            ]
            servers = [(stack.enter_context(each), token) for each in opened]
            found = self.report.databases[dialect] = {}
            for query in self._queries:
                self._say(f"{dialect}: {query.name}")
                if different := await same(servers, query):
                    raise SystemExit("\n".join(["the answers differ:", *different[:20]]))
                taken = await in_turns(servers, query, self._plan, database_cpu_s)
                figures = {
                    server.name: each.figures()
                    for (server, _), each in zip(servers, taken, strict=True)
                }
                found[query.name] = compared(figures)
        self._say(f"{dialect}: counting visits")
        dashboard = self._queries[-1]
        both = await counted(url, self._folder / dialect, token, dashboard, self._plan.turns)
        self.report.counted[dialect] = asdict(both)

    async def grow(
        self, url: str, larger_url: str, times: float, cpu_s: Callable[[], float]
    ) -> None:
        """The page at gridql over the database that is there and one so many times as large."""
        token = await self._fill(larger_url, self._scale * times)
        with ExitStack() as stack:
            small = stack.enter_context(processes.gridql(url, self._folder / "postgres"))
            large = stack.enter_context(processes.gridql(larger_url, self._folder / "larger"))
            self._say(f"postgres: page with {times:g} times the rows")
            servers = [(small, token), (large, token)]
            taken = await in_turns(servers, self._queries[0], self._plan, cpu_s)
        before, after = (each.figures() for each in taken)
        for each in (before, after):
            each["total_cpu_s_per_1000"] = (
                each["server_cpu_s_per_1000"] + each["database_cpu_s_per_1000"]
            )
        ratio = {name: after[name] / before[name] for name in before}
        self.report.growth = {"times": times, "before": before, "after": after, "ratio": ratio}

    async def forms(self) -> None:
        """What forms cost; no database of another server takes part."""
        self.report.forms = await forms.measured(
            self._folder / "forms", self._plan.turns, self._console
        )

    async def following(self, url: str) -> None:
        """What it takes to tell many subscribers."""
        self._say(f"{url.partition(':')[0]}: subscribers")
        self.report.following = await following.measured(
            url, self._folder / "following", self._plan.turns, self._console
        )

    async def _fill(self, url: str, scale: float) -> str:
        self._say(f"filling {url.partition(':')[0]}, {scale:g} times the usual rows")
        return await fill(url, scale, self._console)

    def _say(self, text: str) -> None:
        self._console.print(text, style="bold", highlight=False)


async def run(bench: Bench, folder: Path, only: Only, kinds: list[str], growth: float) -> None:
    """Forms, subscribers, and reads on each kind of database."""
    if only in (Only.FORMS, Only.ALL):
        await bench.forms()
    if only in (Only.FOLLOWING, Only.ALL):
        await _follow(bench, folder, kinds)
    if only in (Only.READS, Only.ALL):
        await _read(bench, folder, kinds, growth)


async def _follow(bench: Bench, folder: Path, kinds: list[str]) -> None:
    if "postgres" not in kinds:
        await bench.following(f"sqlite:///{folder / 'following.sqlite3'}")
        return
    with processes.postgres(folder / "pg") as server:
        await bench.following(server.create("following"))


async def _read(bench: Bench, folder: Path, kinds: list[str], growth: float) -> None:
    if "postgres" in kinds:
        with processes.postgres(folder / "pg") as server:
            await bench.compare("postgres", server.create("bench"), server.cpu_s)
            if growth:
                urls = (server.url("bench"), server.create("larger"))
                await bench.grow(*urls, growth, server.cpu_s)
    if "sqlite" in kinds:
        # The database works inside of the server there.
        await bench.compare("sqlite", f"sqlite:///{folder / 'bench.sqlite3'}", lambda: 0.0)


def main(
    only: Annotated[Only, typer.Option(help="What to measure.")] = Only.ALL,
    database: Annotated[str, typer.Option(help="postgres, sqlite or both.")] = "both",
    scale: Annotated[float, typer.Option(help="So many times the usual rows.")] = 1.0,
    growth: Annotated[
        float, typer.Option(help="Compare the page with so many times the rows; 0: do not.")
    ] = 10.0,
    turns: Annotated[int, typer.Option(help="How often each server has its turn.")] = 5,
    seconds: Annotated[float, typer.Option(help="How long a turn is at 32 connections.")] = 3.0,
    results: Annotated[
        Path | None, typer.Option(help="Where the JSON goes; of a whole run, results.json here.")
    ] = None,
) -> None:
    """Measure gridql against other ways; takes minutes, and a machine at rest."""
    console = Console()
    console.width = max(console.width, 112)  # no title is broken, also where this is no terminal
    kinds = ["postgres", "sqlite"] if database == "both" else [database]
    if "postgres" in kinds and not processes.PGSERVER:
        console.print("pgserver, which brings PostgreSQL, needs Python 3.11 or 3.12")
        kinds.remove("postgres")
    # The path of PostgreSQL's socket may have 107 bytes at most.
    folder = Path(mkdtemp(prefix="gridql-bench-"))
    bench = Bench(folder, scale, Plan(turns, seconds / 3, seconds), console)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(bench, folder, only, kinds, growth))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    bench.report.show(console)
    if results is None and only is Only.ALL:
        results = RESULTS
    if results is not None:
        bench.report.save(results)
        console.print(f"The same as JSON: {results}", highlight=False)


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app()

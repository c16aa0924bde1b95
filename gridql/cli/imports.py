"""`gridql import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gridql import settings
from gridql.cli import logs
from gridql.cli.console import complain, progress, say
from gridql.cli.opening import with_database
from gridql.cli.options import DatabaseUrl, DataDir, group
from gridql.database import Database
from gridql.domain.areas.actions import Imported, import_areas
from gridql.domain.areas.import_rules import read_sheet
from gridql.errors import Fault, Refusal

app = group("Take over what is kept in files.")


@app.callback()
def imports() -> None:
    """Take over what is kept in files."""


@app.command()
def areas(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", exists=True, dir_okay=False, readable=True)
    ],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Take over provinces, cities, districts, streets and communities from a CSV file.

    Its first line names the columns: level, code, name_zh, parent_code, and name_en if there are
    English names; kind, short_zh, pinyin and code12 are read over. All rows are taken, or, if
    one is wrong, none. Areas that are known by their code are renamed if their name has changed.
    """
    chosen = settings.load(data_dir=data_dir, database_url=database_url)
    logs.set_up(chosen.log_level)
    sheet = read_sheet(file.read_bytes())

    async def take_over(database: Database) -> Imported:
        with progress("areas", len(sheet.rows)) as advance:
            return await import_areas(None, sheet, advance)

    try:
        done = with_database(chosen, take_over)
    except Refusal as refusal:
        count = len({_line(fault) for fault in refusal.faults})
        complain(
            f"{file}: {count} line(s) are wrong; nothing was imported",
            *map(_told, refusal.faults),
        )
        raise typer.Exit(1) from None
    for change in done.changed:
        if change.name == change.name_before:
            say(f"{change.code}: {change.name} ({change.kind})")
        else:
            say(f"{change.code}: {change.name_before} -> {change.name}")
    say(f"{done.new} new, {len(done.changed)} changed, {done.unchanged} unchanged")


def _line(fault: Fault) -> str:
    return (fault.path or "/").split("/")[1]


def _told(fault: Fault) -> str:
    _, line, *column = (fault.path or "/").split("/")
    return f"line {', '.join([line, *column])}: {fault.message('en')}"

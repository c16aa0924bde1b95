"""`gridql journal`: whether what was done is still what is written."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Annotated

import typer

from gridql import settings
from gridql.cli import logs
from gridql.cli.console import say, say_json
from gridql.cli.opening import with_database
from gridql.cli.options import AsJson, DatabaseUrl, DataDir, group
from gridql.database import Database
from gridql.journal import verify as walking
from gridql.journal.verify import Verdict

_KEPT = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", re.ASCII)

app = group("Check the journal: what everybody did, sealed by a chain of hashes.")


@app.callback()
def journal() -> None:
    """Check the journal: what everybody did, sealed by a chain of hashes."""


@app.command()
def verify(
    expect: Annotated[
        list[str] | None,
        typer.Option(
            metavar="POSITION:HASH",
            help="What an earlier run has printed last, and has to be there; may be repeated.",
        ),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Walk the chain, and print where it was tampered with; exits with 1 if it was.

    The last line says how far the journal reaches, and the hash there. Keep it somewhere else:
    whoever can change everything in the database can also seal it anew, but not to the same hash.
    Servers go on meanwhile.
    """
    kept = [_kept(text) for text in expect or ()]
    chosen = settings.load(data_dir=data_dir, database_url=database_url)
    logs.set_up(chosen.log_level)

    async def walk(database: Database) -> Verdict:
        return await walking.verify(database, kept)

    verdict = with_database(chosen, walk)
    if as_json:
        say_json(asdict(verdict))
    else:
        say(*verdict.breaks)
        found = f"{len(verdict.breaks)} break(s)" if verdict.breaks else "sound"
        say(f"{found}, up to {verdict.position}:{verdict.hash}")
    if verdict.breaks:
        raise typer.Exit(1)


def _kept(text: str) -> tuple[int, str]:
    found = _KEPT.fullmatch(text.strip().lower())
    if found is None:
        raise typer.BadParameter(
            f"{text!r} is not a position and a hash (12:5f3a…, 64 digits)",
            param_hint="--expect",
        )
    return int(found[1]), found[2]

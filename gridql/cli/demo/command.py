"""`gridql demo`."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from urllib.parse import quote

import typer

from gridql import clock, settings
from gridql.cli import logs
from gridql.cli.console import note, progress, say
from gridql.cli.demo import queries
from gridql.cli.demo.filling import STEPS, fill, seeded
from gridql.cli.demo.in_hand import take_in_hand
from gridql.cli.demo.roles import PARTS, hand_out, read_tokens, write_tokens
from gridql.database import connect, migrate
from gridql.errors import SetupError
from gridql.server.opening import opened
from gridql.server.serving import listen, run
from gridql.settings import Settings

HOST = "127.0.0.1"
DATABASE = "gridql.sqlite3"
TOKENS = "demo-tokens.json"
KEYS = "vault.key"

_UNFINISHED = ".unfinished-"


def demo(
    data: Annotated[
        Path, typer.Option(metavar="DIR", file_okay=False, help="The folder of the demo's data.")
    ] = Path(".demo"),
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port; 0 takes one that is free.")
    ] = 8000,
) -> None:
    """Serve a district full of invented data, to try things on, until it is interrupted.

    The first start fills a SQLite database in DIR, which later starts take up again. It prints a
    token and a command to paste for each role, and keeps the tokens in DIR/demo-tokens.json.
    """
    data = data.absolute()
    chosen = settings.load(
        data_dir=data,
        database_url=_url(data / DATABASE),
        vault_key_file=data / KEYS,
        host=HOST,
        port=port,
    )
    logs.set_up(chosen.log_level)
    # Nobody should wait for the data only to hear that it cannot be served.
    listen(HOST, port).close()
    is_new = not (data / DATABASE).exists()
    if is_new:
        _make(data, chosen)
    tokens = read_tokens(data / TOKENS)
    if not is_new:
        asyncio.run(_bring_up_to_date(chosen))
    run(chosen, lambda address: _show(address, tokens))


def _make(data: Path, chosen: Settings) -> None:
    """Fill a database beside its place, and put it there once it is complete."""
    begun = time.monotonic()
    note(f"making the demo's data in {data}: this once, and it may take a minute")
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left_over in data.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left_over)
        with TemporaryDirectory(dir=data, prefix=_UNFINISHED) as folder:
            draft = Path(folder)
            (draft / DATABASE).touch(mode=0o600)
            tokens = asyncio.run(_fill(replace(chosen, database_url=_url(draft / DATABASE))))
            write_tokens(draft / TOKENS, tokens)
            # The database last: where it is, all is.
            (draft / TOKENS).replace(data / TOKENS)
            (draft / DATABASE).replace(data / DATABASE)
    except OSError as error:
        raise SetupError(f"the demo cannot be made in {data}: {error}") from error
    note(f"made in {time.monotonic() - begun:.1f} s")


async def _fill(draft: Settings) -> dict[str, str]:
    """Make and fill the database of these settings; the token of each role."""
    await _bring_up_to_date(draft)
    async with opened(draft, ticking=False) as parts:
        given = parts.services
        with progress("filling a district", STEPS) as advance:
            workers = await fill(
                given.vault, given.library, given.plugins, given.handling, lambda: advance(1)
            )
        handed = await hand_out(workers)
        await take_in_hand(given.handling, handed.actors, seeded("in hand"), clock.now())
        return handed.tokens


async def _bring_up_to_date(chosen: Settings) -> None:
    database = await connect(chosen.database_url, read_connections=1)
    try:
        await migrate(database)
    finally:
        await database.close()


def _url(path: Path) -> str:
    return f"sqlite:///{quote(str(path))}"


def _show(address: str, tokens: Mapping[str, str]) -> None:
    for part in PARTS:
        token = tokens[part.role.value]
        say(
            "",
            typer.style(f"── {part.role.value} · {part.name} ({part.scope})", bold=True),
            token,
            *(
                typer.style(line, dim=True)
                for line in queries.NOTES.get(part.role, "").splitlines()
            ),
            queries.command(part.role, address, token),
        )
    say("", f"gridql serves the demo on {address} (GraphQL at {address}/graphql); Ctrl-C ends it")

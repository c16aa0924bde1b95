"""`gridql partner simulate`."""

from __future__ import annotations

from random import Random
from typing import Annotated

import typer

from gridql import handling, settings
from gridql.access import tokens
from gridql.access.roles import Role
from gridql.cli import logs
from gridql.cli.console import say
from gridql.cli.opening import with_database
from gridql.cli.options import DatabaseUrl, DataDir
from gridql.cli.partner.drill import Drill, Event
from gridql.database import Database
from gridql.domain.areas import sandbox
from gridql.errors import SetupError, Unauthenticated
from gridql.journal import cursor

VARIABLE = "PARTNER_TOKEN"


def simulate(
    token: Annotated[
        str,
        typer.Option(
            envvar=VARIABLE,
            prompt="Token",
            hide_input=True,
            help="The sandbox token of whoever is to hear of it.",
        ),
    ],
    count: Annotated[int, typer.Option(min=1, help="How many hazards to invent.")] = 5,
    every: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="From one event to the next.")
    ] = 1,
    seed: Annotated[str | None, typer.Option(help="The same seed tells the same story.")] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Invent hazards in the sandbox and take each to its end, beside a running server.

    Prints each event with its cursor, as subscribers get to know it. Only for a token that
    `gridql token create --sandbox` has made. Keep the token in the variable PARTNER_TOKEN, or type
    it when you are asked, so that it does not stand in the history of your shell.
    """
    chosen = settings.load(data_dir=data_dir, database_url=database_url)
    logs.set_up(chosen.log_level)
    rules = handling.read(chosen.hazard_rules)

    async def play(database: Database) -> None:
        await _require_sandbox(database, token)
        drill = await Drill.begin(database, rules)
        async for events in drill.run(count, every, Random(seed)):  # noqa: S311 - no secret
            say(*map(_line, events))

    with_database(chosen, play)


async def _require_sandbox(database: Database, token: str) -> None:
    try:
        actor = await tokens.authenticate(database, token.strip())
    except Unauthenticated as error:
        raise SetupError(f"nothing is invented: {error}") from error
    if actor.role is not Role.AGENCY or not sandbox.is_sandbox(actor.scopes):
        raise SetupError(
            f"the token of {actor.name} is not marked sandbox, and what is invented for it would "
            "stand among real people's hazards: `gridql token create --sandbox` makes one that is"
        )


def _line(event: Event) -> str:
    return f"{cursor.encode(event.position)}  {event.kind}  Hazard:{event.hazard_id}  {event.title}"

"""`gridql`: its commands, and what they have in common."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from gridql import __version__
from gridql.cli.console import complain
from gridql.cli.lazy import LazyGroup, Place, listed
from gridql.errors import Refusal, SetupError

COMMANDS = {
    "serve": Place("gridql.cli.serve", "serve", "Serve the API until it is interrupted."),
    "demo": Place(
        "gridql.cli.demo", "demo", "Serve a district full of invented data, to try things on."
    ),
    "migrate": Place(
        "gridql.cli.migrate", "migrate", "Make the database, or bring its tables up to date."
    ),
    "import": Place("gridql.cli.imports", "app", "Take over what is kept in files."),
    "token": Place(
        "gridql.cli.token", "app", "Give out, list and withdraw the tokens that the API asks for."
    ),
    "plugin": Place(
        "gridql.cli.plugin",
        "app",
        "Make plugins, try them before they go in, switch them on and off.",
    ),
    "partner": Place(
        "gridql.cli.partner", "app", "Help partner agencies to try their software out."
    ),
    "journal": Place(
        "gridql.cli.journal", "app", "Check whether what was done is still what is written."
    ),
    "webhook": Place("gridql.cli.webhook", "app", "Help those who receive webhooks."),
    "schema": Place(
        "gridql.cli.schema", "schema", "Print the GraphQL schema, or compare it with a file."
    ),
}


class Commands(LazyGroup):
    """The commands, each imported when it is called for, and one end for all that they refuse.

    To import them all takes 1.8 s of CPU, most of it for the API's types; the list of commands
    comes in 0.3 s without. That is what one waits for a `--help` and for every word completed.
    """

    places = COMMANDS

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except SetupError as error:
            complain(str(error))
        except Refusal as refusal:
            complain(*(f"{fault.path or '/'}: {fault.message('en')}" for fault in refusal.faults))
        raise typer.Exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gridql {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    # A traceback is for a bug; with the values of local variables it could show a secret.
    pretty_exceptions_enable=False,
)


@app.callback()
def gridql(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The GraphQL server behind grid-based neighbourhood governance (网格化管理).

    What an option does not say comes from environment variables (GRIDQL_…) and gridql.toml.
    """


listed(app, COMMANDS)

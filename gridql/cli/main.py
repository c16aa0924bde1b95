"""`gridql`: its commands, and what they have in common."""

from __future__ import annotations

import gc
from importlib import import_module
from types import ModuleType
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_command

from gridql import __version__
from gridql.cli.console import complain
from gridql.errors import Refusal, SetupError


class Place(NamedTuple):
    """Where a command is: a function, or a Typer with several, by the names of both."""

    module: str
    name: str
    summary: str
    """What the list of commands says about it."""


COMMANDS = {
    "serve": Place("serve", "serve", "Serve the API until it is interrupted."),
    "demo": Place("demo", "demo", "Serve a district full of invented data, to try things on."),
    "migrate": Place("migrate", "migrate", "Make the database, or bring its tables up to date."),
    "import": Place("imports", "app", "Take over what is kept in files."),
    "token": Place("token", "app", "Give out, list and withdraw the tokens that the API asks for."),
    "plugin": Place("plugin", "app", "Look at plugins, and try one before it goes in."),
    "schema": Place("schema", "schema", "Print the GraphQL schema, or compare it with a file."),
}


class Commands(TyperGroup):
    """The commands, each imported when it is called for, and one end for all that they refuse.

    To import them all takes 1.8 s of CPU, most of it for the API's types; the list of commands
    comes in 0.3 s without. That is what one waits for a `--help` and for every word completed.
    """

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and _load(str(name)), rest

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except SetupError as error:
            complain(str(error))
        except Refusal as refusal:
            complain(*(f"{fault.path or '/'}: {fault.message('en')}" for fault in refusal.faults))
        raise typer.Exit(1)


def _load(name: str) -> Any:
    place = COMMANDS[name]
    found = getattr(_imported(f"gridql.cli.{place.module}"), place.name)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False, rich_markup_mode="markdown")
        single.command(name)(found)
        found = single
    return get_command(found)


def _imported(module: str) -> ModuleType:
    """The module, imported without a look for garbage: what is imported stays anyway.

    A tenth of the time goes into looking through it again and again; frozen, it is looked at no
    more while the command runs.
    """
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


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


def _stand_in() -> None:
    """Is never called: `Commands` puts the command itself in its place."""


for _name, _place in COMMANDS.items():
    app.command(_name, help=_place.summary)(_stand_in)

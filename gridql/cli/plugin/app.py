"""`gridql plugin`: the list of its commands."""

from __future__ import annotations

import typer

from gridql.cli.lazy import LazyGroup, Place, listed

COMMANDS = {
    "new": Place("gridql.cli.plugin.new", "new", "Make a plugin with one small form."),
    "check": Place("gridql.cli.plugin.check", "check", "Try a plugin before it goes in."),
    "try": Place("gridql.cli.plugin.trying", "try_", "Fill in a form, and see what comes of it."),
    "list": Place("gridql.cli.plugin.listing", "list_", "List what is in, what is out, and why."),
    "enable": Place("gridql.cli.plugin.switching", "enable", "Switch a plugin on again."),
    "disable": Place("gridql.cli.plugin.switching", "disable", "Switch a plugin off."),
    "import-xlsform": Place(
        "gridql.cli.plugin.importing", "import_xlsform", "Make a plugin of a spreadsheet."
    ),
}


class Commands(LazyGroup):
    """The commands: reading spreadsheets and databases takes half a second that `list` saves."""

    places = COMMANDS


app = typer.Typer(
    cls=Commands,
    help="Make plugins, try them before they go in, switch them on and off.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)
listed(app, COMMANDS)


@app.callback()
def plugin() -> None:
    """Make plugins, try them before they go in, switch them on and off."""

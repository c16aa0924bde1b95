"""Options that several commands have, each named after the setting that it overrules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path | None, typer.Option(help="The folder of the SQLite database and the vault's key.")
]
DatabaseUrl = Annotated[
    str | None, typer.Option(help="sqlite:///path, or postgresql://user@host/name.")
]
PluginsDir = Annotated[Path | None, typer.Option(help="A folder of your own plugins.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


def group(summary: str) -> typer.Typer:
    """A command with several below it."""
    return typer.Typer(
        help=summary, no_args_is_help=True, add_completion=False, rich_markup_mode="markdown"
    )

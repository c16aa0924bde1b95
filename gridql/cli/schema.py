"""`gridql schema`: the contract as a text, and whether a file still is that text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from graphql import GraphQLError, GraphQLSchema, build_schema, print_schema
from graphql.utilities.find_schema_changes import (
    BreakingChangeType,
    DangerousChangeType,
    SchemaChange,
    find_schema_changes,
)

from gridql import bundled, hooks
from gridql.cli import logs
from gridql.cli.console import complain, say
from gridql.errors import SetupError
from gridql.schema import build


def schema(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            readable=True,
            show_default=False,
            help="With --check: the file; by default the one that comes with gridql.",
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Compare with a file; exits with 1 if it differs.")
    ] = False,
) -> None:
    """Print the GraphQL schema, with the forms of the bundled plugins.

    With --check tell instead what has changed since the file was written, and what of it would
    break those who rely on it. A server with other plugins prints its own at /schema.graphql.
    """  # fmt: skip
    logs.set_up("INFO")
    if file is not None and not check:
        raise typer.BadParameter("a file is only read with --check", param_hint="FILE")
    current = bundled_schema()
    text = sdl(current)
    if not check:
        say(text.removesuffix("\n"))
        return
    path = file or bundled.folder("schemas") / "gridql.graphql"
    written = _read(path)
    if written == text:
        say(f"{path} is up to date")
        return
    complain(f"{path} is not the schema of this version", *_told(path, written, current))
    raise typer.Exit(1)


def bundled_schema() -> GraphQLSchema:
    """The schema of a server that has the bundled plugins and no others."""
    home = bundled.folder("plugins")
    plugins = hooks.discover()
    out = [each for each in plugins.quarantined if Path(each.source).parent == home]
    if out:
        raise SetupError("\n  ".join(f"plugin {each.name} is out: {each.reason}" for each in out))
    infos = [info for info in plugins.loaded if Path(info.source).parent == home]
    return build([form for info in infos for form in info.forms])


def sdl(schema: GraphQLSchema) -> str:
    """The schema as a file holds it."""
    return print_schema(schema) + "\n"


def changes(before: str, current: GraphQLSchema) -> list[str]:
    """What has changed since the schema was `before`, the gravest first, a line for each.

    Raises SetupError for what is no GraphQL schema.
    """
    try:
        old = build_schema(before)
    except (GraphQLError, TypeError) as error:
        raise SetupError(f"this is no GraphQL schema: {error}") from error
    found = find_schema_changes(old, current)
    ranked = sorted(found, key=lambda change: _RANKS.index(_rank(change)))
    return [f"{_rank(change)}: {change.description}" for change in ranked]


_RANKS = ("BREAKING", "dangerous", "safe")


def _rank(change: SchemaChange) -> str:
    if isinstance(change.type, BreakingChangeType):
        return _RANKS[0]
    return _RANKS[1] if isinstance(change.type, DangerousChangeType) else _RANKS[2]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SetupError(f"{path} is not UTF-8") from error


def _told(path: Path, written: str, current: GraphQLSchema) -> list[str]:
    told = changes(written, current) or ["only in its order and spacing"]
    return [*told, f"`gridql schema > {path}` writes it anew"]

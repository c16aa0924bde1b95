"""What commands write to the terminal: answers to stdout, everything else to stderr."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

_UNBOUNDED = 10_000
"""Columns of output that no terminal shows: a program reads it, so no line is broken."""


def say(*lines: str) -> None:
    """Print what was asked for, as it is."""
    for line in lines:
        typer.echo(line)


def say_json(document: object) -> None:
    """Print `document` for a program to read."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def note(*lines: str) -> None:
    """Tell whoever sits at the terminal something beside the answer."""
    for line in lines:
        typer.echo(line, err=True)


def complain(*lines: str) -> None:
    """Tell what went wrong, in one line or more."""
    head, *rest = lines
    typer.echo(f"{typer.style('error:', fg='red', bold=True)} {head}", err=True)
    note(*(f"  {line}" for line in rest))


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under the names of their columns; texts are shown whole and as they are."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _UNBOUNDED
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr, if that is a terminal, while this lasts; call it with so many more done."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.advance(task, count)

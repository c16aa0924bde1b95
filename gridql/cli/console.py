"""What commands write to the terminal: answers to stdout, everything else to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer


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


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr, if that is a terminal, while this lasts; call it with so many more done."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    with typer.progressbar(length=total, label=what, file=sys.stderr) as bar:
        yield bar.update

"""Tables on the terminal. They stand apart: to import rich takes a tenth of a second."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

_UNBOUNDED = 10_000
"""Columns of output that no terminal shows: a program reads it, so no line is broken."""


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

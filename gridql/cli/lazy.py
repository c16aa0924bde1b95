"""Commands that are imported when they are called for, and only listed until then."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, ClassVar, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_command


class Place(NamedTuple):
    """Where a command is: a function, or a Typer with several, by the names of both."""

    module: str
    name: str
    summary: str
    """What the list of commands says about it."""


class LazyGroup(TyperGroup):
    """A command with several below it, each imported when it is called for."""

    places: ClassVar[Mapping[str, Place]]

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and _load(str(name), self.places[str(name)]), rest


def listed(app: typer.Typer, places: Mapping[str, Place]) -> typer.Typer:
    """`app` with the commands at `places` in its list."""
    for name, place in places.items():
        app.command(name, help=place.summary)(_stand_in)
    return app


def _stand_in() -> None:
    """Is never called: `LazyGroup` puts the command itself in its place."""


def _load(name: str, place: Place) -> Any:
    found = getattr(_imported(place.module), place.name)
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

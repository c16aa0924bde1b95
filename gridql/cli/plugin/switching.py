"""`gridql plugin enable` and `gridql plugin disable`."""

from __future__ import annotations

from typing import Annotated

import typer

from gridql import settings
from gridql.cli import logs
from gridql.cli.console import note, say
from gridql.cli.options import DataDir, PluginsDir
from gridql.cli.plugin.found import QUIET
from gridql.errors import SetupError
from gridql.hooks import Discovery, disabled

Name = Annotated[str, typer.Argument(metavar="NAME", help="As `gridql plugin list` has it.")]


def disable(name: Name, data_dir: DataDir = None, plugins_dir: PluginsDir = None) -> None:
    """Switch a plugin off, bundled or your own; a running server takes note of it.

    Nothing of it is read any more. Its forms take no new answers; what was handed in stays.
    """
    chosen = settings.load(data_dir=data_dir, plugins_dir=plugins_dir)
    logs.set_up(chosen.log_level, quiet=QUIET)
    plugins = Discovery.of(chosen).run()
    known = {each.name for each in plugins.loaded} | {each.name for each in plugins.disabled}
    known |= {each.name for each in plugins.quarantined}
    if name not in known:
        raise SetupError(f"there is no plugin {name!r}; there are {', '.join(sorted(known))}")
    if disabled.disable(chosen.data_dir, name):
        say(f"{name} is disabled")
    else:
        note(f"{name} was disabled already")


def enable(name: Name, data_dir: DataDir = None) -> None:
    """Switch a plugin on again that was disabled; a running server takes note of it."""
    chosen = settings.load(data_dir=data_dir)
    logs.set_up(chosen.log_level, quiet=QUIET)
    if not disabled.enable(chosen.data_dir, name):
        off = ", ".join(sorted(disabled.read(chosen.data_dir))) or "none is"
        raise SetupError(f"{name!r} is not disabled ({off})")
    say(f"{name} is enabled")

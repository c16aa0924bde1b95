"""`gridql plugin list`."""

from __future__ import annotations

from gridql import settings
from gridql.cli import logs
from gridql.cli.console import say
from gridql.cli.options import DataDir, PluginsDir
from gridql.cli.plugin.found import QUIET, details, forms_of
from gridql.cli.tables import show_table
from gridql.hooks import Discovery


def list_(data_dir: DataDir = None, plugins_dir: PluginsDir = None) -> None:
    """List the plugins that a server would find: what is in, what is out, and why.

    Looks at files only. What the database objects to, a form that was published with other words,
    the API's `plugins` tells.
    """
    chosen = settings.load(data_dir=data_dir, plugins_dir=plugins_dir)
    logs.set_up(chosen.log_level, quiet=QUIET)
    found = Discovery.of(chosen).run()
    rows = [
        ("in", info.name, info.kind.value, forms_of(info), info.source) for info in found.loaded
    ]
    rows += [("off", off.name, "-", "-", off.source) for off in found.disabled]
    rows += [("OUT", out.name, "-", "-", out.source) for out in found.quarantined]
    show_table(("", "name", "kind", "forms", "source"), rows)
    for off in found.disabled:
        say("", f"{off.name} is disabled: `gridql plugin enable {off.name}` brings it back")
    for out in found.quarantined:
        say("", f"{out.name} is out: {out.reason}", *(f"  {line}" for line in details(out)))

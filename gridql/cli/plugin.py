"""`gridql plugin`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gridql import hooks, settings
from gridql.cli import logs
from gridql.cli.console import complain, note, say
from gridql.cli.options import PluginsDir, group
from gridql.cli.tables import show_table
from gridql.forms.cases import check_cases
from gridql.hooks import PluginInfo, Quarantined

app = group("Look at plugins, and try one before it goes in.")

_QUIET = ("gridql.plugins",)


@app.command("list")
def list_(plugins_dir: PluginsDir = None) -> None:
    """List the plugins that a server would find: what is in, what is out, and why.

    Looks at files only. What the database objects to, a form that was published with other words,
    the API's `plugins` tells.
    """
    chosen = settings.load(plugins_dir=plugins_dir)
    logs.set_up(chosen.log_level, quiet=_QUIET)
    found = hooks.discover(chosen.plugins_dir, allow=chosen.plugins_allow, deny=chosen.plugins_deny)
    rows = [("in", info.name, info.kind.value, _forms(info), info.source) for info in found.loaded]
    rows += [("OUT", out.name, "-", "-", out.source) for out in found.quarantined]
    show_table(("", "name", "kind", "forms", "source"), rows)
    for out in found.quarantined:
        say("", f"{out.name} is out: {out.reason}", *(f"  {line}" for line in _details(out)))


@app.command()
def check(
    path: Annotated[Path, typer.Argument(exists=True, help="A plugin's folder, or one form.")],
) -> None:
    """Try a plugin, or one form of it, with its golden cases; exits with 1 if anything is wrong."""
    logs.set_up("INFO", quiet=_QUIET)
    found = hooks.check(path)
    if isinstance(found, Quarantined):
        complain(f"{found.name}: {found.reason}", *_details(found))
        raise typer.Exit(1)
    folder = path.resolve() if path.is_dir() else path.resolve().parent.parent
    count, faults = check_cases(folder / "cases", found.forms, whole=path.is_dir())
    if faults:
        complain(
            f"{found.name}: {len(faults)} thing(s) come out otherwise than its cases say",
            *(f"{fault.case}: {fault.reason}" for fault in faults),
        )
        raise typer.Exit(1)
    say(f"{found.name}: {_forms(found) or 'no form'}; {count} case(s), all as they should be")
    if found.forms and not count:
        note("no file in its folder `cases` says what these forms should make of answers")


def _forms(info: PluginInfo) -> str:
    return ", ".join(f"{form.name} V{form.version}" for form in info.forms)


def _details(out: Quarantined) -> list[str]:
    lines = []
    for fault in out.faults:
        lines += [f"{fault.file}#{fault.pointer}", f"  {fault.reason}. {fault.proposal}"]
    return [*lines, *(out.traceback or "").splitlines()]

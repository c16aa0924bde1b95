"""What discovery has found, for the commands that look at it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gridql.forms.cases import ByCode
from gridql.forms.version import FormVersion
from gridql.hooks import Discovery, PluginInfo, Plugins, Quarantined
from gridql.hooks.discovery import Where
from gridql.settings import Settings

QUIET = ("gridql.plugins",)
"""The logger of discovery: the commands say themselves what it would."""


def with_drafts(settings: Settings) -> Plugins:
    """The plugins that a server would find, and the forms in them that are still being written."""
    where = Where(
        plugins_dir=settings.plugins_dir,
        required=False,
        allow=settings.plugins_allow,
        deny=settings.plugins_deny,
        data_dir=settings.data_dir,
    )
    return Discovery(where, drafts_too=True).run()


def alone(folder: Path) -> Plugins:
    """The plugin in `folder` by itself, with its drafts, or what put it out."""
    where = Where(bundled_dir=folder.parent, allow=[folder.name])
    return Discovery(where, drafts_too=True).run()


def by_code(plugins: Plugins) -> ByCode:
    """What the code of `plugins` says, as golden cases write it down."""

    def ask(form: FormVersion, answers: Mapping[str, Any]) -> tuple[list[str], list[str]]:
        said = plugins.ask_here(form, answers)
        return [each.rule for each in said.findings], [each.at for each in said.objections]

    return ask


def forms_of(info: PluginInfo) -> str:
    """The forms of a plugin in a line."""
    forms = [f"{form.name} V{form.version}" for form in info.forms]
    return ", ".join([*forms, *(f"{draft} (draft)" for draft in info.drafts)])


def details(out: Quarantined) -> list[str]:
    """What is wrong with a plugin, beside the reason that it is out for."""
    lines = []
    for fault in out.faults:
        lines += [f"{fault.file}#{fault.pointer}", f"  {fault.reason}. {fault.proposal}"]
    return [*lines, *(out.traceback or "").splitlines()]

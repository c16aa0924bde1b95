"""`gridql plugin new`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from gridql import settings
from gridql.cli import logs
from gridql.cli.console import note, say
from gridql.cli.options import DataDir, PluginsDir
from gridql.cli.plugin import template
from gridql.cli.plugin.found import QUIET
from gridql.cli.plugin.names import own_folder
from gridql.errors import SetupError


def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Of the plugin, in snake_case: lift_safety.")
    ],
    code: Annotated[
        bool, typer.Option("--code", help="With a plugin.py for what no form can say, and tests.")
    ] = False,
    data_dir: DataDir = None,
    plugins_dir: PluginsDir = None,
) -> None:
    """Make a plugin with one small form, to be changed into your own checklist.

    It is sound as it stands, and a draft: a server publishes it once you have taken `draft` out.
    """
    chosen = settings.load(data_dir=data_dir, plugins_dir=plugins_dir)
    logs.set_up(chosen.log_level, quiet=QUIET)
    folder = own_folder(chosen, name)
    write(folder, template.files(name, code=code))
    form = template.form_name(name)
    say(str(folder / "forms" / f"{form}.json"))
    note(
        f"made the plugin {name}: change this file until it is your checklist, look at it with",
        f"  gridql plugin check {folder}",
        f"  gridql plugin try {folder / 'forms' / f'{form}.json'}",
        'and take `"draft": true` out: a server publishes it as '
        f"{form[0].upper()}{form[1:]}V1, and it never changes from then on",
    )


def write(folder: Path, files: dict[str, template.Document | str]) -> None:
    """Write all `files` below `folder`, or none; raises SetupError where that cannot be."""
    draft = folder.with_name(f".{folder.name}.new")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else _json(content), "utf-8")
        # A server that watches the folder sees the plugin when it is whole.
        draft.rename(folder)
    except OSError as error:
        raise SetupError(f"cannot make {folder}: {error.strerror}") from error


def _json(document: template.Document) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"

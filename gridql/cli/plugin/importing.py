"""`gridql plugin import-xlsform`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gridql import hooks, settings
from gridql.cli import logs
from gridql.cli.console import complain, note, say
from gridql.cli.options import DataDir, PluginsDir
from gridql.cli.plugin import template
from gridql.cli.plugin.found import QUIET, details
from gridql.cli.plugin.names import own_folder, snake_case
from gridql.cli.plugin.new import write
from gridql.errors import SetupError
from gridql.forms.version import FormKind, SubjectKind
from gridql.forms.xlsform.form import TakenOver, take_over
from gridql.forms.xlsform.reading import read
from gridql.hooks import Quarantined


def import_xlsform(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.xlsx", exists=True, dir_okay=False, readable=True)
    ],
    name: Annotated[
        str | None, typer.Option(help="Of the new plugin; by default that of the file.")
    ] = None,
    kind: Annotated[
        FormKind, typer.Option(case_sensitive=False, help="What the form is for.")
    ] = FormKind.SURVEY,
    subject: Annotated[
        SubjectKind, typer.Option(case_sensitive=False, help="What it is filled in about.")
    ] = SubjectKind.HOUSEHOLD,
    data_dir: DataDir = None,
    plugins_dir: PluginsDir = None,
) -> None:
    """Make a plugin of an XLSForm, the spreadsheet that ODK and Kobo have forms in.

    Questions, groups, repeats, choices, hints, required, relevant and constraint become a form
    document, and a second language its translation. What has no counterpart is listed, with its
    sheet and row, here and in the plugin's README.md. Needs the extra `xlsform`.
    """
    chosen = settings.load(data_dir=data_dir, plugins_dir=plugins_dir)
    logs.set_up(chosen.log_level, quiet=QUIET)
    called = name or snake_case(file.stem)
    if not called:
        raise SetupError(f"{file.name} gives no name for a plugin: say one, --name shop_check")
    folder = own_folder(chosen, called)
    form = template.form_name(called)
    taken = take_over(read(file), form, kind, subject)
    if not taken.document["schema"]["properties"]:
        raise SetupError(
            "\n  ".join(["nothing of it can be taken over:", *map(str, taken.left_out)])
        )
    files: dict[str, template.Document | str] = {f"forms/{form}.json": taken.document}
    if taken.texts:
        files[f"forms/{form}.{taken.other_language}.json"] = dict(taken.texts)
    files["README.md"] = _readme(called, form, file, taken)
    write(folder, files)
    _tell(folder, form, taken)
    found = hooks.check(folder)
    if isinstance(found, Quarantined):
        complain(f"{found.name}: {found.reason}: mend it by hand", *details(found))
        raise typer.Exit(1)
    note(
        "",
        "look through it, and take `draft` out when it is as you want it:",
        f"  gridql plugin check {folder}",
    )


def _tell(folder: Path, form: str, taken: TakenOver) -> None:
    say(str(folder / "forms" / f"{form}.json"))
    document = taken.document
    note(
        f"made the form {form}, kind {document['kind']}, subject {document['subject']}, with "
        f"{len(document['schema']['properties'])} question(s) and group(s); it is a draft"
    )
    if taken.renamed:
        spelled = ", ".join(f"{old} -> {new}" for old, new in taken.renamed.items())
        note("", f"spelt otherwise: {spelled}")
    note("", f"left out or otherwise, {len(taken.left_out)} thing(s):")
    note(*(f"  {each}" for each in taken.left_out))


def _readme(plugin: str, form: str, file: Path, taken: TakenOver) -> str:
    lines = [
        f"# {plugin}",
        "",
        f"The form `{form}`, made of the XLSForm `{file.name}`.",
        "",
        "## Left out, or otherwise than there",
        "",
        *[f"- {each}" for each in taken.left_out],
    ]
    if not taken.left_out:
        lines.append("Nothing.")
    if taken.renamed:
        lines += ["", "## Spelt otherwise", "", "| There | Here |", "|---|---|"]
        lines += [f"| `{old}` | `{new}` |" for old, new in taken.renamed.items()]
    return "\n".join(lines) + "\n"

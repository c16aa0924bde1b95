"""`gridql plugin try`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from gridql import settings
from gridql.cli import logs
from gridql.cli.console import complain, note, say, say_json
from gridql.cli.options import AsJson, DataDir, PluginsDir
from gridql.cli.plugin.found import QUIET, alone, by_code, details, with_drafts
from gridql.cli.plugin.interview import Interview
from gridql.cli.plugin.verdict import told
from gridql.errors import LANGS, Lang, SetupError
from gridql.forms.cases import outcome
from gridql.forms.judge import Judge
from gridql.forms.source import read_object
from gridql.forms.version import FormVersion
from gridql.hooks import Plugins, Said
from gridql.settings import Settings


def try_(
    form: Annotated[str, typer.Argument(metavar="FORM", help="Its name, or the path of its file.")],
    version: Annotated[int | None, typer.Option(help="The version; the last by default.")] = None,
    lang: Annotated[
        str | None, typer.Option(metavar="zh|en", help="The language to ask in; your own.")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", exists=True, dir_okay=False, help="Answers as JSON: ask none."
        ),
    ] = None,
    save_case: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep it all as a golden case.")
    ] = None,
    as_json: AsJson = False,
    plugins_dir: PluginsDir = None,
    data_dir: DataDir = None,
) -> None:
    """Fill in a form on the terminal, and see what a server would make of it.

    Asks in the order in which an app shows the questions, and only those that earlier answers have
    not switched off; then tells what is found, the score and what made it, and the rates that
    count it. Nothing is stored. Exits with 1 for answers that would not be taken.
    """
    logs.set_up("WARNING", quiet=QUIET)
    there = settings.load(plugins_dir=plugins_dir, data_dir=data_dir)
    plugins, chosen = _form(form, version, there)
    language = _language(lang)
    judge = Judge(chosen)
    given = read_object(answers) if answers else _ask(chosen, language)
    verdict = judge.judge(given)
    said = Said() if verdict.faults else plugins.ask_here(chosen, verdict.answers)
    came = outcome(judge, given, by_code(plugins))
    if as_json:
        say_json({"form": chosen.name, "version": chosen.version, "answers": given, **came})
    else:
        say(*told(judge, given, verdict, said, language))
    if save_case:
        _save(save_case, chosen, given, came)
    for out in plugins.quarantined:
        if out.name == chosen.plugin:
            complain(f"{out.name}: {out.reason}", *details(out))
            raise typer.Exit(1)
    if verdict.faults or said.objections:
        raise typer.Exit(1)


def _form(named: str, version: int | None, chosen: Settings) -> tuple[Plugins, FormVersion]:
    """The form that is meant, and the plugins that it is judged with."""
    path = Path(named).resolve()
    is_file = path.is_file()
    plugins = alone(path.parent.parent) if is_file else with_drafts(chosen)
    name = path.name.split(".")[0] if is_file else named
    found = [form for form in plugins.forms() if is_file or form.name == name]
    if is_file:
        found = [form for form in found if name in (form.name, f"{form.name}V{form.version}")]
    if version is not None:
        found = [form for form in found if form.version == version]
    if found:
        return plugins, max(found, key=lambda form: form.version)
    reasons = [
        "\n  ".join([f"plugin {out.name} is out: {out.reason}", *details(out)])
        for out in plugins.quarantined
    ]
    what = named if version is None else f"{named} V{version}"
    known = ", ".join(sorted({form.name for form in plugins.forms()}))
    raise SetupError("\n  ".join([f"there is no form {what}; known are: {known}", *reasons]))


def _language(chosen: str | None) -> Lang:
    if chosen is None:
        spoken = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
        return "zh" if spoken.startswith("zh") else "en"
    for lang in LANGS:
        if chosen == lang:
            return lang
    raise typer.BadParameter(f"{chosen!r} is neither zh nor en", param_hint="--lang")


def _ask(form: FormVersion, lang: Lang) -> dict[str, Any]:
    note(f"{form.title[lang]} ({form.name} V{form.version})")
    if form.description:
        note(form.description[lang])
    return Interview(form, lang, _hear, note).run()


def _hear() -> str:
    typer.echo("> ", nl=False, err=True)
    line = sys.stdin.readline()
    if not line:
        raise SetupError("the input ended before the form was complete")
    return line.rstrip("\r\n")


def _save(path: Path, form: FormVersion, answers: Any, came: dict[str, Any]) -> None:
    case = {
        "title": path.stem,
        "form": form.name,
        "version": form.version,
        "answers": answers,
        "expected": {name: value for name, value in came.items() if value},
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(case, ensure_ascii=False, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise SetupError(f"cannot write {path}: {error.strerror}") from error
    note(f"kept as {path}: give it a `title` that says what it is about")

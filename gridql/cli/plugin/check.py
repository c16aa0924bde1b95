"""`gridql plugin check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gridql import hooks, settings
from gridql.cli import logs
from gridql.cli.console import complain, note, say
from gridql.cli.options import DatabaseUrl, DataDir
from gridql.cli.plugin.found import QUIET, alone, by_code, details, forms_of
from gridql.cli.plugin.versions import Comparison, beside, compared
from gridql.forms.cases import check_cases
from gridql.forms.changes import Effect
from gridql.forms.document import form_files
from gridql.forms.source import read_object
from gridql.hooks import CODE_FILE, PluginInfo, Quarantined


def check(
    path: Annotated[Path, typer.Argument(exists=True, help="A plugin's folder, or one form.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Try a plugin, or one form of it, before it goes in; exits with 1 if anything is wrong.

    Loads it as a server would, plays its golden cases, and compares each form with the version
    before: the last that was published, where the settings lead to a database, or else the last in
    the same folder. What breaks with it is told, not forbidden: old answers keep their old version.
    Where a database has answers to that version, they are judged by the new one, too. What was
    published and has other words now is refused.
    """
    chosen = settings.load(data_dir=data_dir, database_url=database_url)
    logs.set_up("INFO", quiet=QUIET)
    found = hooks.check(path)
    if isinstance(found, Quarantined):
        complain(f"{found.name}: {found.reason}", *details(found))
        raise typer.Exit(1)
    comparisons = compared(chosen, found.forms, [*found.forms, *beside(path.resolve())])
    refused = [each.refused for each in comparisons if each.refused]
    if refused:  # before its cases: whoever adapts those to it would do so for nothing
        complain(f"{found.name}: {len(refused)} form(s) were published with other words", *refused)
        raise typer.Exit(1)
    count = _play(path.resolve(), found)
    say(f"{found.name}: {forms_of(found) or 'no form'}; {count} case(s), all as they should be")
    if found.forms and not count:
        note("no file in its folder `cases` says what these forms should make of answers")
    for each in comparisons:
        say(*_told(each))
    drafts = _drafts(path.resolve())
    if drafts:
        note(f"{', '.join(drafts)} is a draft: take `draft` out of it, and a server publishes it")


def _play(path: Path, found: PluginInfo) -> int:
    """How many golden cases there are; ends the command if one comes out otherwise."""
    folder = path if path.is_dir() else path.parent.parent
    code = alone(folder) if (folder / CODE_FILE).is_file() else None
    said = by_code(code) if code else None
    count, faults = check_cases(folder / "cases", found.forms, said, whole=path.is_dir())
    for out in code.quarantined if code else ():
        complain(f"{out.name}: {out.reason}", *details(out))
        raise typer.Exit(1)
    if faults:
        complain(
            f"{found.name}: {len(faults)} thing(s) come out otherwise than its cases say",
            *(f"{fault.case}: {fault.reason}" for fault in faults),
        )
        raise typer.Exit(1)
    return count


def _drafts(path: Path) -> list[str]:
    """The forms that a server takes no note of yet."""
    files = form_files(path / "forms") if path.is_dir() else [path]
    return [file.stem for file in files if read_object(file).get("draft") is True]


def _told(each: Comparison) -> list[str]:
    """What a comparison with the version before comes to."""
    if each.old is None or each.changes is None:
        return []
    breaking = sum(change.effect is Effect.BREAKING for change in each.changes)
    verdict = f"{breaking} breaking change(s)" if breaking else "additive"
    new, since = each.new, "as it was published" if each.published else "as it stands beside it"
    lines = ["", f"{new.name} V{new.version} against V{each.old.version}, {since}: {verdict}"]
    lines += [f"  {_SAID[change.effect]:<9} {change}" for change in each.changes]
    if each.judged is None:
        return lines
    lines.append(
        f"  of {each.judged.total} submission(s) of V{each.old.version}, "
        f"{each.judged.failing} would not be taken"
        + (f", {each.judged.shortened} would lose answers" if each.judged.shortened else "")
    )
    lines += [f"  {count:>9} {fault}" for fault, count in each.judged.most_common()]
    return lines


_SAID = {
    Effect.BREAKING: "BREAKING",
    Effect.ADDITIVE: "additive",
    Effect.RULES: "rules",
    Effect.WORDS: "words",
}

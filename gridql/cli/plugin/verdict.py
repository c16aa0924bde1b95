"""What a form makes of answers, told to whoever tries it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gridql.cli.plugin.wording import Wording
from gridql.errors import Lang
from gridql.forms import pointer as json_pointer
from gridql.forms.judge import Judge
from gridql.forms.labels import Labels
from gridql.forms.verdict import Found, Scored, Verdict
from gridql.hooks import Said


def told(judge: Judge, answers: Any, verdict: Verdict, said: Said, lang: Lang) -> Iterator[str]:
    """Lines that say what `verdict`, and what plugins have `said`, of these answers come to."""
    say = Wording(lang)
    problems = [(fault.path or "/", fault.message(lang)) for fault in verdict.faults]
    problems += [(each.at or "/", each.text[lang]) for each in said.objections]
    if problems:
        yield say.of("refused", len(problems))
        yield from (f"  {at}  {text}" for at, text in problems)
        return
    found = [*verdict.findings, *said.findings]
    yield say.of("findings", len(found)) if found else say.of("no_findings")
    for n, each in enumerate(found):
        beyond = say.of("by_code") if n >= len(verdict.findings) else ""
        yield f"  {each.severity}  {each.title[lang]} {beyond}".rstrip()
        yield f"      {' · '.join(_facts(each, judge, say, lang))}"
        yield from (f"      {basis[lang]}" for basis in each.basis)
        if each.remark:
            yield f"      {say.of('remark', each.remark)}"
    if verdict.score is not None:
        yield from _scored(judge, verdict.score, say, lang)
    yield from _counted(judge, verdict.answers, say, lang)
    dropped = sorted(set(answers) - set(verdict.answers))
    if dropped:
        yield say.of("dropped", ", ".join(dropped))


def _facts(found: Found, judge: Judge, say: Wording, lang: Lang) -> Iterator[str]:
    yield found.category
    yield say.of("within", found.days) if found.days else say.of("on_the_spot")
    if found.department:
        yield say.of("department", found.department)
    yield Labels(judge.version.schemas).of(json_pointer.split(found.at))[lang]


def _scored(judge: Judge, scored: Scored, say: Wording, lang: Lang) -> Iterator[str]:
    grade = f", {say.of('grade', scored.grade)}" if scored.grade else ""
    yield say.of("score", f"{scored.value:g}", f"{scored.max:g}") + grade
    if judge.version.score is not None:
        yield f"  {judge.version.score.start:>6g}  {say.of('start')}"
    yield from (f"  {step.points:>+6g}  {step.title[lang]}" for step in scored.trace)


def _counted(judge: Judge, answers: Any, say: Wording, lang: Lang) -> Iterator[str]:
    counted = judge.measures(answers)
    if not counted:
        return
    titles = {measure.id: measure.title[lang] for measure in judge.version.measures}
    how = {True: "counted", False: "not_counted", None: "left_out"}
    yield say.of("counts")
    yield from (f"  {titles[name]}: {say.of(how[value])}" for name, value in counted.items())

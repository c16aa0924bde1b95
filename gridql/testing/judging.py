"""Answers judged without a server: by the rules of a form and by the plugin's code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gridql.forms import judge as forms
from gridql.forms.cases import differences, misshapen
from gridql.forms.source import read_object
from gridql.forms.verdict import Found, Scored
from gridql.forms.version import FormVersion
from gridql.hooks import Plugins, Said


@dataclass(frozen=True, slots=True)
class Judged:
    """What a form, and the plugin's code, make of a set of answers."""

    problems: list[str]
    """JSON Pointers to the answers that are wrong, by the form or by an objection, in order."""
    messages: list[Mapping[str, str]]
    """What is said of each of them, in each language."""
    findings: list[Found]
    """What is found: by the form's rules, then by the plugin's code."""
    score: Scored | None
    measures: Mapping[str, bool | None]
    """Whether the answers count in each rate; None for not at all."""
    answers: Any
    """The answers as they would be kept."""

    @property
    def rules(self) -> list[str]:
        """The rules that found something."""
        return [found.rule for found in self.findings]


class Judge:
    """Judges answers to the forms of one plugin."""

    def __init__(self, plugins: Plugins) -> None:
        self._plugins = plugins

    def __call__(self, answers: Any, form: str | None = None, version: int | None = None) -> Judged:
        """Judge `answers`; to the last version of the plugin's only form unless one is named."""
        judge = forms.Judge(self.form(form, version))
        verdict = judge.judge(answers)
        said = Said() if verdict.faults else self._plugins.ask_here(judge.version, verdict.answers)
        self._require_sound()
        problems = [(fault.path or "", fault.text) for fault in verdict.faults]
        problems += [(each.at, each.text) for each in said.objections]
        return Judged(
            problems=[at for at, _ in problems],
            messages=[text for _, text in problems],
            findings=[*verdict.findings, *said.findings],
            score=verdict.score,
            measures={} if verdict.faults else judge.measures(verdict.answers),
            answers=verdict.answers,
        )

    def form(self, name: str | None = None, version: int | None = None) -> FormVersion:
        """One of the plugin's forms; fails where there is none, or more than one to choose from."""
        known = self._plugins.forms()
        names = sorted({each.name for each in known})
        if name is None and len(names) != 1:
            pytest.fail(f"say which form is meant: {', '.join(names) or 'there is none'}")
        found = [
            each
            for each in known
            if each.name == (name or names[0]) and version in (None, each.version)
        ]
        if not found:
            pytest.fail(f"there is no form {name or names[0]} {version or ''}; there are {names}")
        return max(found, key=lambda each: each.version)

    def differences(self, case: Mapping[str, Any]) -> Sequence[str]:
        """Where it comes out otherwise than a golden case expects."""
        reasons = misshapen(case)
        if reasons:
            return reasons
        judge = forms.Judge(self.form(case.get("form"), case.get("version")))
        found = differences(judge, case, self._by_code)
        self._require_sound()
        return found

    def _by_code(
        self, form: FormVersion, answers: Mapping[str, Any]
    ) -> tuple[list[str], list[str]]:
        said = self._plugins.ask_here(form, answers)
        return [each.rule for each in said.findings], [each.at for each in said.objections]

    def _require_sound(self) -> None:
        for out in self._plugins.quarantined:
            pytest.fail(f"{out.reason}\n{out.traceback or ''}", pytrace=False)


@dataclass(frozen=True, slots=True)
class GoldenCase:
    """A file with answers, and with what the plugin has to make of them."""

    path: Path
    judge: Judge

    def check(self) -> None:
        """Fail with everything that comes out otherwise than the file says."""
        found = self.judge.differences(read_object(self.path))
        if found:
            pytest.fail("\n".join([self.path.name, *found]), pytrace=False)

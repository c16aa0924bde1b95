"""A browser judges the golden cases as the server does: every answer, and every rule."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gridql import bundled
from gridql.forms.compiled import compiled
from gridql.forms.document import load_form
from gridql.forms.settle import settling
from gridql.forms.version import FormVersion, Schema
from tests.npm import install, run

HERE = Path(__file__).parent
PLUGINS = bundled.folder("plugins")
CASES = sorted(PLUGINS.glob("*/cases/*.json"))

InBrowser = Callable[[list["Trial"]], list[bool]]


@dataclass(frozen=True)
class Trial:
    """One thing to ask of both: whether `schema` holds for `answers`."""

    what: str
    schema: Schema
    answers: Any

    def on_server(self) -> bool:
        return compiled(self.schema).is_valid(self.answers)


@dataclass(frozen=True)
class Case:
    """A golden case with its form."""

    form: FormVersion
    answers: Any
    settled: Any
    expected: dict[str, Any]

    def trials(self) -> Iterator[Trial]:
        """Whether the answers are sound, as they are sent and as they are kept, and each rule."""
        form = self.form
        yield Trial("as sent", form.schema, self.answers)
        yield Trial("as kept", form.schema, self.settled)
        for rule in form.findings:
            yield Trial(f"finding {rule.id}", rule.when, self.settled)
        for weight in form.score.weights if form.score else ():
            yield Trial(f"weight {weight.id}", weight.when, self.settled)
        for measure in form.measures:
            yield Trial(f"out of {measure.id}", measure.denominator, self.settled)
            yield Trial(f"counts in {measure.id}", measure.numerator, self.settled)


def case_at(path: Path) -> Case:
    case = json.loads(path.read_bytes())
    plugin = path.parent.parent
    form = load_form(plugin / "forms" / f"{case['form']}.json", plugin.name)
    settled = settling(form.schema)(case["answers"])
    return Case(form, case["answers"], settled, case["expected"])


@pytest.fixture(scope="module")
def in_browser(tmp_path_factory: pytest.TempPathFactory) -> InBrowser:
    """What @cfworker/json-schema says, which judges without compiling to code, as pages do."""
    install(HERE)

    def ask(trials: list[Trial]) -> list[bool]:
        path = tmp_path_factory.mktemp("browser") / "trials.json"
        asked = [{"schema": each.schema, "answers": each.answers} for each in trials]
        path.write_text(json.dumps(asked), encoding="utf-8")
        verdicts: list[bool] = json.loads(run("node", HERE / "judge.mjs", path, folder=HERE))
        return verdicts

    return ask


def test_every_case_comes_out_alike(in_browser: InBrowser) -> None:
    named = [
        (f"{path.parent.parent.name}/{path.stem}, {trial.what}", trial)
        for path in CASES
        for trial in case_at(path).trials()
    ]

    verdicts = in_browser([trial for _, trial in named])

    otherwise = [
        name
        for (name, trial), verdict in zip(named, verdicts, strict=True)
        if verdict is not trial.on_server()
    ]
    assert len(named) > 1000
    assert otherwise == []


@pytest.mark.parametrize("plugin", sorted(PLUGINS.iterdir()), ids=lambda path: path.name)
def test_a_browser_finds_what_the_cases_say(plugin: Path, in_browser: InBrowser) -> None:
    cases = [case_at(path) for path in sorted((plugin / "cases").glob("*.json"))]
    sound = [case for case in cases if not case.expected.get("faults")]
    asked = [
        Trial(rule.id, rule.when, case.settled) for case in sound for rule in case.form.findings
    ]

    verdicts = iter(in_browser(asked))

    found = [[rule.id for rule in case.form.findings if next(verdicts)] for case in sound]
    assert found == [case.expected.get("findings", []) for case in sound]
    assert sound


def test_a_browser_sees_a_wrong_answer(in_browser: InBrowser) -> None:
    schema = {"type": "object", "properties": {"on": {"type": "string", "format": "date"}}}
    trials = [
        Trial("sound", schema, {"on": "2026-05-01"}),
        Trial("no date", schema, {"on": "2026-02-30"}),
        Trial("no text", schema, {"on": 5}),
    ]

    assert in_browser(trials) == [True, False, False]

"""Judging the answers to forty questions, beside jsonschema over the same schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median
from time import thread_time
from typing import Any

from jsonschema import Draft202012Validator

from gridql import bundled
from gridql.forms import FormVersion
from gridql.forms.document import Loader
from gridql.forms.judge import Judge

QUESTIONS = 40
WRONG = 9

_CALLS_S = 0.05
"""How long either is called in one turn."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What one set of answers takes, at the median, in microseconds of CPU."""

    gridql_us: float
    """Settled and judged, with findings and score, or every fault in both languages."""
    jsonschema_us: float
    """The verdict, or every error that there is, in English."""


def measured(turns: int) -> dict[str, Judged]:
    """Both validators in turns, over sound answers and over answers with nine faults."""
    form = _form()
    judge = Judge(form)
    other = Draft202012Validator(form.schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    sound, faulty = _answers(form), _spoilt(_answers(form))
    verdict = judge.judge(sound)
    assert len(sound) == QUESTIONS
    assert verdict.findings and not verdict.faults and other.is_valid(sound)
    assert len(judge.judge(faulty).faults) == WRONG <= len(list(other.iter_errors(faulty)))
    return {
        "valid": _compared(turns, lambda: judge.judge(sound), lambda: other.is_valid(sound)),
        "invalid": _compared(
            turns, lambda: judge.judge(faulty), lambda: list(other.iter_errors(faulty))
        ),
    }


def _form() -> FormVersion:
    """All that is asked of a restaurant and of a hotel: forty questions with all their rules."""
    folder = bundled.folder("plugins") / "nine_small_places"
    loader = Loader(folder.name, folder / "library")
    one, other = (
        loader.load(folder / "forms" / f"nineSmallPlaces{name}.json")
        for name in ("Restaurant", "Hotel")
    )
    assert one.score is not None
    assert other.score is not None
    asked = {f"/{name}" for name in one.schema["properties"]}
    added = tuple(each for each in other.score.weights if each.at not in asked)
    return replace(
        one,
        schemas={
            lang: {
                **schema,
                "properties": {**other.schemas[lang]["properties"], **schema["properties"]},
                "required": sorted({*other.schemas[lang]["required"], *schema["required"]}),
            }
            for lang, schema in one.schemas.items()
        },
        findings=(
            *one.findings,
            *(each for each in other.findings if each.at not in asked),
        ),
        score=replace(one.score, weights=(*one.score.weights, *added)),
    )


def _answers(form: FormVersion) -> dict[str, Any]:
    """An inspection that went well but for three things."""
    answers: dict[str, Any] = dict.fromkeys(form.schema["required"], "OK")
    wrong = ("exitClear", "gasHose", "nightDuty")
    return (
        answers | dict.fromkeys(wrong, "NOT_OK") | {"remark": "安全出口堆了杂物，已当场要求清理。"}
    )


def _spoilt(answers: dict[str, Any]) -> dict[str, Any]:
    """The same with three answers left out, three that there are not and three of another type."""
    spoilt = dict(answers)
    for number, name in enumerate(list(answers)[:WRONG]):
        if number % 3 == 0:
            del spoilt[name]
        else:
            spoilt[name] = "BAD" if number % 3 == 1 else True
    return spoilt


def _compared(turns: int, gridql: Callable[[], object], jsonschema: Callable[[], object]) -> Judged:
    times = [(_taken_us(gridql), _taken_us(jsonschema)) for _ in range(turns)]
    return Judged(*(median(each) for each in zip(*times, strict=True)))


def _taken_us(call: Callable[[], object]) -> float:
    """What one call takes, by calling it for a while; what else the machine does is left out."""
    calls = 0
    start = thread_time()
    while thread_time() - start < _CALLS_S:
        for _ in range(10):
            call()
        calls += 10
    return (thread_time() - start) / calls * 1e6

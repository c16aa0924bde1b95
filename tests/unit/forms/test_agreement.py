"""The validator that judges forms and the one that judges answers come to the same verdict.

`GRIDQL_TEST_EXAMPLES=10000` draws that many answers to each bundled form, other ones each time.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from gridql import bundled
from gridql.errors import LANGS
from gridql.forms import FormVersion
from gridql.forms import pointer as json_pointer
from gridql.forms.compiled import Validator, compiled
from gridql.forms.document import Loader, form_files
from gridql.forms.faults import FormRejected
from gridql.forms.judge import Judge
from gridql.forms.structure import structures

ASKED_FOR = os.environ.get("GRIDQL_TEST_EXAMPLES")

by_chance = settings(
    max_examples=int(ASKED_FOR or 100),
    derandomize=ASKED_FOR is None,
    database=None,
    deadline=None,
    # Not `explain`, which traces every line that runs.
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
as_long_as_it_takes = pytest.mark.timeout(120 if ASKED_FOR is None else 0)

Json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(-(2.0**40), 2.0**40, width=32)
    | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


def bundled_forms() -> list[FormVersion]:
    forms = []
    for folder in sorted(path.parent for path in bundled.folder("plugins").glob("*/forms")):
        loader = Loader(folder.name, folder / "library")
        forms += [loader.load(path) for path in form_files(folder / "forms")]
    return forms


def answers_to(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Answers that are often right, and wrong in ordinary ways."""
    whole = schema.get("$defs", {})

    def value(part: dict[str, Any]) -> st.SearchStrategy[Any]:
        if "$ref" in part:
            part = whole[part["$ref"].rpartition("/")[2]]
        if "oneOf" in part:
            right = st.sampled_from([each["const"] for each in part["oneOf"]])
        elif part["type"] == "boolean":
            right = st.booleans()
        elif part["type"] in ("integer", "number"):
            right = st.integers(-1, 12) | st.floats(-1, 12)
        elif part["type"] == "array":
            right = st.lists(value(part["items"]), max_size=3)
        elif part["type"] == "object":
            right = members(part)
        else:
            right = st.text(max_size=8) | st.sampled_from(["2026-05-01", "2026-02-30"])
        return st.one_of(right, right, right, right, right, right, Json)

    def members(part: dict[str, Any]) -> st.SearchStrategy[Any]:
        named = {name: value(each) for name, each in part["properties"].items()}
        return st.builds(
            lambda full, left_out, odd: {
                **{name: each for name, each in full.items() if name not in left_out},
                **odd,
            },
            st.fixed_dictionaries(named),
            st.sets(st.sampled_from(sorted(named)), max_size=3),
            st.dictionaries(st.text(max_size=4), Json, max_size=1),
        )

    return members(schema)


@dataclass(frozen=True)
class Subject:
    """A form with everything that is made of it once, not for each of its examples."""

    form: FormVersion
    answers: st.SearchStrategy[Any]
    slow: Draft202012Validator
    quick: Validator
    judge: Judge


def subject(form: FormVersion) -> Subject:
    checker = Draft202012Validator.FORMAT_CHECKER
    return Subject(
        form,
        answers_to(form.schema),
        Draft202012Validator(form.schema, format_checker=checker),
        compiled(form.schema),
        Judge(form),
    )


of_every_form = pytest.mark.parametrize(
    "subject", [pytest.param(subject(form), id=form.type_name) for form in bundled_forms()]
)


@as_long_as_it_takes
@of_every_form
@by_chance
@given(data=st.data())
def test_both_validators_agree_on_answers(subject: Subject, data: st.DataObject) -> None:
    answers = data.draw(subject.answers)

    slow_says = list(subject.slow.iter_errors(answers))
    quick_says = list(subject.quick.iter_errors(answers))

    assert subject.quick.is_valid(answers) == (not slow_says)
    # Where the schema is `false`, jsonschema forgets the last step of the path.
    assert {
        json_pointer.of(each.absolute_path) for each in slow_says if each.validator is not None
    } == {
        json_pointer.of(each.instance_path)
        for each in quick_says
        if each.kind.name != "falseSchema"
    }


@as_long_as_it_takes
@of_every_form
@by_chance
@given(data=st.data())
def test_the_judge_takes_anything_and_refuses_with_words(
    subject: Subject, data: st.DataObject
) -> None:
    answers = data.draw(subject.answers | Json)

    verdict = subject.judge.judge(answers)

    if verdict.faults:
        assert all(fault.text[lang] for fault in verdict.faults for lang in LANGS)
        assert verdict.findings == ()
    else:
        # What is stored is sound as it stands, and stays as it is when it is judged again.
        assert subject.judge.judge(verdict.answers) == verdict
        assert list(subject.quick.iter_errors(verdict.answers)) == []


@as_long_as_it_takes
@by_chance
@given(
    where=st.integers(0, 10_000),
    junk=Json | st.sampled_from([{"$ref": "#/$defs/x"}, {"type": "object"}, {"type": []}, [[]]]),
    remove=st.booleans(),
)
def test_a_document_with_anything_in_any_place_is_loaded_or_refused(
    tmp_path_factory: pytest.TempPathFactory, where: int, junk: Any, remove: bool
) -> None:
    document = json.loads(
        (bundled.folder("plugins") / "satisfaction/forms/satisfaction.json").read_bytes()
    )
    holders = list(places(document))
    holder, key = holders[where % len(holders)]
    if remove:
        del holder[key]
    else:
        holder[key] = junk
    folder = tmp_path_factory.mktemp("fuzz") / "forms"
    folder.mkdir()
    path = folder / "satisfaction.json"
    path.write_text(json.dumps(document))

    try:
        form = Loader("fuzz", folder.parent / "library").load(path)
    except FormRejected as rejected:
        faults = rejected.faults
    else:
        faults = ()
        Judge(form).judge({"livedHereOneYear": True, "adult": True})

    assert all(fault.reason and fault.proposal for fault in faults)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a document, as its holder and its key."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    found = [(value, key) for key in keys]
    for key in keys:
        if isinstance(value[key], (dict, list)):
            found += places(value[key])
    return found


def test_the_meta_schemas_are_sound() -> None:
    schema = json.loads((bundled.folder("schemas") / "form.schema.json").read_bytes())

    Draft202012Validator.check_schema(schema)
    assert len(structures(bundled.folder("schemas"))) == 2

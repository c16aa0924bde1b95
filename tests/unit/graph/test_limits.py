"""What a document may ask for: each limit at what it allows, and at one more."""

from __future__ import annotations

import pytest
from graphql import GraphQLError, parse

from gridql import schema
from gridql.graph.executor import Document, Engine
from gridql.graph.limits import Limits, exceeded, measure

FRAME = schema.frame()


def refusals(query: str, **limits: int) -> list[str]:
    measured = measure(FRAME, parse(query))[None]
    return [error.message for error in exceeded(measured, Limits(**limits))]


def cost(query: str, **variables: object) -> int:
    return measure(FRAME, parse(query))[None].cost.of(variables)


@pytest.mark.parametrize(
    ("query", "limit", "asked"),
    [
        ('{ grid(code: "1") { community { parent { name } } } }', "depth", 4),
        ("{ a: viewer { name } b: viewer { c: name } }", "aliases", 3),
        ("{ viewer @include(if: true) { name @skip(if: false) } }", "directives", 2),
        ("{ viewer { name } plugins { name } }", "root_fields", 2),
        (
            "{ ...A ...A } fragment A on Query { b: viewer { ...B } c: viewer { ...B } } "
            "fragment B on Viewer { d: name e: name }",
            "aliases",
            12,
        ),
    ],
)
def test_a_limit_lets_through_what_it_names_and_no_more(query: str, limit: str, asked: int) -> None:
    assert refusals(query, **{limit: asked}) == []
    assert refusals(query, **{limit: asked - 1}) == [
        f"The operation's {limit.replace('_', ' ')} is {asked}, and may be {asked - 1} at most."
    ]


@pytest.mark.parametrize(
    ("query", "variables", "objects"),
    [
        ("{ viewer { name } }", {}, 1),
        ("{ hazards { totalCount } }", {}, 1),
        ("{ hazards(first: 50) { edges { node { id } } } }", {}, 101),
        ("{ hazards { edges { node { id } } } }", {}, 41),
        ("query($n: Int) { hazards(last: $n) { edges { node { id } } } }", {"n": 3}, 7),
        ("query($n: Int) { hazards(last: $n) { edges { node { id } } } }", {}, 41),
        ("query($n: Int) { hazards(last: $n) { edges { node { id } } } }", {"n": 10**9}, 201),
        ("{ hazards(first: -999999) { edges { node { id } } } }", {}, 1),
        ('{ nodes(ids: ["a", "b", "c"]) { id __typename } }', {}, 1),
        ('{ nodes(ids: ["a", "b", "c"]) { ... on Hazard { grid { name } } } }', {}, 4),
        (
            "query($i: [ID!]!) { nodes(ids: $i) { ... on Hazard { grid { name } } } }",
            {"i": ["a"]},
            2,
        ),
        ('{ area(code: "1") { path { parent { name } } } }', {}, 22),
        (
            "{ grids(first: 10) { edges { node { households(first: 10) "
            "{ edges { node { id } } } } } } }",
            {},
            1 + 10 * (2 + 1 + 10 * 2),
        ),
    ],
)
def test_the_cost_is_the_number_of_objects(
    query: str, variables: dict[str, object], objects: int
) -> None:
    assert cost(query, **variables) == objects


@pytest.mark.parametrize(
    ("query", "objects"),
    [
        ("{ hazards(first: 50) { edges { node { id } } } }", 101),
        ("query($n: Int) { hazards(last: $n) { edges { node { id } } } }", 1),
        (
            "query($n: Int) { grids(first: 10) { edges { node { households(first: $n) "
            "{ edges { node { id } } } } } } }",
            31,
        ),
    ],
)
def test_the_least_cost_is_that_of_pages_of_none(query: str, objects: int) -> None:
    assert measure(FRAME, parse(query))[None].cost.least() == objects


@pytest.mark.parametrize(
    "query",
    [
        "{ x: areas(first: -999999999) { edges { node { id } } } "
        "areas(first: 100) { edges { node { grids(first: 100) { edges { node { id } } } } } } }",
        "query($n: Int = 100) { areas(first: $n) { edges { node { grids(first: $n) "
        "{ edges { node { id } } } } } } }",
        "query($n: Int, $none: Int) { areas(first: $n, last: $none) { edges { node { "
        "grids(last: $none, first: $n) { edges { node { id } } } } } } }",
        "query($none: Int) { areas(first: 100, last: $none) { edges { node { "
        "grids(last: null, first: 100) { edges { node { id } } } } } } }",
    ],
)
def test_nothing_makes_a_cost_smaller(query: str) -> None:
    assert cost(query, n=100) > 5000


def test_introspection_goes_without_aliases() -> None:
    aliased = "{ __schema { types { a: fields { name } b: fields { name } } } }"
    assert refusals("{ __schema { types { fields { name } } } }") == []
    assert refusals(aliased) == [
        "The operation's introspection aliases is 2, and may be 0 at most."
    ]


def test_tokens_and_characters() -> None:
    engine = Engine(FRAME, Limits(tokens=6))
    assert isinstance(engine.document("{ viewer { name } }"), Document)
    assert [e.message for e in refused(engine, "{ viewer { name role } }")] == [
        "The operation's tokens is 7, and may be 6 at most."
    ]
    padded = "{ viewer { name } }" + " " * (20 * 6 - 19)
    assert isinstance(engine.document(padded), Document)
    assert [e.message for e in refused(engine, padded + " ")] == [
        "The operation's characters is 121, and may be 120 at most."
    ]


@pytest.mark.parametrize("spread", ["...F{n} ...F{n}", "a{n}: id ...F{n} ...F{n}"])
def test_fragments_that_double_forty_times(spread: str) -> None:
    fragments = "".join(
        f"fragment F{n} on Hazard {{ {spread.format(n=n + 1)} }} " for n in range(40)
    )
    query = f'{{ hazard(id: "Hazard:1") {{ ...F0 }} }} {fragments} fragment F40 on Hazard {{ id }}'
    measured = measure(FRAME, parse(query))[None]
    assert measured.aliases in (0, 2**40 - 1)


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { description } }",
        '{ __type(name: "Hazard") { name } }',
        "{ ...A } fragment A on Query { ... on Query { __schema { description } } }",
        "query A { viewer { name } } query B { __schema { description } }",
    ],
)
def test_introspection_switched_off(query: str) -> None:
    assert isinstance(Engine(FRAME).document(query), Document)
    errors = refused(Engine(FRAME, introspection=False), query)
    assert [error.extensions for error in errors] == [{"code": "INTROSPECTION_DISABLED"}]


def test_type_names_are_told_with_introspection_switched_off() -> None:
    engine = Engine(FRAME, introspection=False)
    assert isinstance(engine.document("{ __typename viewer { __typename name } }"), Document)


@pytest.mark.parametrize(
    ("query", "suggested"),
    [
        ("{ viewr { name } }", "viewer"),
        ("{ hazards(frist: 1) { totalCount } }", "first"),
        ("{ hazards(filter: {statsu: {eq: CLOSED}}) { totalCount } }", "status"),
        ("{ hazards(filter: {status: {eq: CLOSD}}) { totalCount } }", "CLOSED"),
        ("query($f: HazardFliter) { hazards(filter: $f) { totalCount } }", "HazardFilter"),
    ],
)
def test_suggestions_switched_off(query: str, suggested: str) -> None:
    told = " ".join(error.message for error in refused(Engine(FRAME), query))
    hidden = " ".join(error.message for error in refused(Engine(FRAME, suggestions=False), query))
    assert "Did you mean" in told and suggested in told
    assert "Did you mean" not in hidden and suggested not in hidden


def refused(engine: Engine, query: str) -> list[GraphQLError]:
    found = engine.document(query)
    assert isinstance(found, list)
    return found

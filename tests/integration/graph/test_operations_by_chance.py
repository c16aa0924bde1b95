"""Operations that hypothesis-graphql draws from the SDL, put to the HTTP application.

Four things hold for each: both databases give the same JSON; graphql-core alone, completing over
the same rows in memory (`plain/`), gives that JSON too; nothing fails that should not; and nothing
is shown that lies outside of what the caller may see.

All read fields are drawn; graphql-core answers all but `plugins`, which reads no rows. Left out are
mutations and subscriptions; introspection, which hypothesis-graphql does not draw; arguments that a
field refuses, but for the last test; and actors without any scope, who cannot have a token.

`GRIDQL_TEST_EXAMPLES=5000` draws that many, other ones each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from graphql import ExecutionResult, print_schema, validate
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from gridql.access.roles import Actor
from tests.integration.graph.doors import Door, both
from tests.integration.graph.inhabitants import NOW
from tests.integration.graph.operations import LANGS, Operation, Operations
from tests.integration.graph.people import ACCOUNTS, DISTRICT, NOWHERE
from tests.integration.graph.plain.completion import Completion
from tests.integration.graph.questions import QUESTIONS
from tests.integration.graph.scope import strangers
from tests.integration.graph.values import Values
from tests.integration.graph.world import Worlds

ASKED_FOR = os.environ.get("GRIDQL_TEST_EXAMPLES")
EXAMPLES = int(ASKED_FOR or 200)

by_chance = settings(
    max_examples=EXAMPLES,
    derandomize=ASKED_FOR is None,
    database=None,
    deadline=None,
    # Not `explain`, which traces every line that runs.
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
as_long_as_it_takes = pytest.mark.timeout(600 if ASKED_FOR is None else 0)
"""To make a failing operation smaller takes minutes; one that is not failing takes no time."""


class Ground:
    """The servers that are asked, what they have to answer, and what they are asked."""

    def __init__(self, doors: list[Door]) -> None:
        self.doors = doors
        services = doors[0].world.services
        sdl = print_schema(doors[0].world.engine.schema)
        self.tables = doors[0].tables
        self.plain = Completion(sdl, self.tables, services.vault.index, NOW)
        self.operations = Operations(self.plain.schema, Values(self.tables)).strategy()

    def ask(self, operation: Operation) -> list[dict[str, Any]]:
        """What each database answers, after a look at what every answer has to be."""
        found = []
        for door in self.doors:
            response = door.post(
                operation.query, operation.variables, operation.actor, operation.lang
            )
            answer: dict[str, Any] = response.json()
            assert response.status_code == (200 if "data" in answer else 400)
            assert [error for error in answer.get("errors", ()) if is_a_bug(error)] == []
            assert strangers(answer.get("data"), operation.actor, self.tables) == []
            found.append(answer)
        return found

    def expected(self, operation: Operation) -> ExecutionResult:
        """What graphql-core answers over the rows in memory."""
        return self.plain.answer(
            operation.document, operation.variables, operation.actor, operation.lang
        )


def is_a_bug(error: dict[str, Any]) -> bool:
    """Whether it says no more than that something went wrong."""
    extensions = error.get("extensions", {})
    return "requestId" in extensions or extensions.get("code") in ("INTERNAL", "TIMEOUT")


def is_too_much_for_sqlite(answer: dict[str, Any]) -> bool:
    """Whether the statement has more joins or columns than SQLite takes, which it then says."""
    codes = [error.get("extensions", {}).get("code") for error in answer.get("errors", ())]
    return "LIMIT_EXCEEDED" in codes


@pytest.fixture(scope="module")
def ground(worlds: Worlds) -> Iterator[Ground]:
    """Both servers on a loop of their own: hypothesis drives tests from a thread without one."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(both(worlds)) as doors,
    ):
        yield Ground(doors)


def test_both_databases_hold_the_same_rows(ground: Ground) -> None:
    one, other = (door.tables.rows for door in ground.doors)

    assert {name: sorted(rows, key=repr) for name, rows in one.items()} == {
        name: sorted(rows, key=repr) for name, rows in other.items()
    }


@pytest.mark.parametrize(
    ("query", "options"), [each for each in QUESTIONS if each[1].get("actor") is not NOWHERE]
)
def test_chosen_questions(ground: Ground, query: str, options: dict[str, Any]) -> None:
    variables = dict(options)
    actor, lang = variables.pop("actor", DISTRICT), variables.pop("lang", "en")
    operation = Operation(query, variables, actor, lang)

    answers = ground.ask(operation)

    expected = ground.expected(operation)
    assert [unlike(answer, expected) for answer in answers] == [[], []]


@as_long_as_it_takes
@by_chance
@given(data=st.data())
def test_operations_that_find_something(ground: Ground, data: Any) -> None:
    operation: Operation = data.draw(ground.operations)
    assume(not validate(ground.plain.schema, operation.document))

    of_sqlite, of_postgres = ground.ask(operation)

    expected = ground.expected(operation)
    assert unlike(of_postgres, expected) == []
    if not is_too_much_for_sqlite(of_sqlite):
        assert unlike(of_sqlite, expected) == []
        assert of_sqlite["extensions"] == of_postgres["extensions"]


ANYTHING = {
    "Cursor": st.text(max_size=9) | st.sampled_from(["7", "2026-05-01T08:00:00+00:00|7"]),
    "DateTime": st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat) | st.text(max_size=9),
    "UUID": st.uuids().map(str) | st.text(max_size=9),
}


@as_long_as_it_takes
@settings(by_chance, max_examples=EXAMPLES // 2)
@given(data=st.data(), actor=st.sampled_from(ACCOUNTS), lang=st.sampled_from(LANGS))
def test_operations_with_any_values(ground: Ground, data: Any, actor: Actor, lang: Any) -> None:
    scalars = {name: texts.map(nodes.String) for name, texts in ANYTHING.items()}
    query = data.draw(queries(ground.plain.schema, custom_scalars=scalars))

    of_sqlite, of_postgres = ground.ask(Operation(query, {}, actor, lang))

    if not is_too_much_for_sqlite(of_sqlite):
        assert of_sqlite == of_postgres


def unlike(answer: dict[str, Any], expected: ExecutionResult) -> list[str]:
    """Everything in which an answer is not the one that graphql-core gives."""
    found = [*_differences(answer.get("data", "no data"), expected.data, "data")]
    places = [error["path"] for error in answer.get("errors", ())]
    expected_places = [error.path for error in expected.errors or ()]
    # Where several root fields fail that are never null, any of them may be the one that is told.
    if (
        (places != expected_places)
        if expected.data is not None
        else not (places and expected_places)
    ):
        found.append(f"errors at {places}, not at {expected_places}")
    return found


def _differences(found: Any, expected: Any, path: str) -> Iterator[str]:
    if isinstance(found, dict) and isinstance(expected, dict) and [*found] == [*expected]:
        for key, value in found.items():
            yield from _differences(value, expected[key], f"{path}.{key}")
    elif isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        for number, (item, other) in enumerate(zip(found, expected, strict=True)):
            yield from _differences(item, other, f"{path}[{number}]")
    elif found != expected or isinstance(found, bool) is not isinstance(expected, bool):
        yield f"{path} is {found!r}, not {expected!r}"

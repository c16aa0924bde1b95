"""What a webhook may be, and when a delivery is tried again."""

from __future__ import annotations

import pytest

from gridql import hooks, schema
from gridql.domain.agencies.rules import document, pause_s, selection_fault, url_faults
from gridql.graph import single
from gridql.graph.executor import Engine
from gridql.graph.limits import Limits
from gridql.settings import Settings, load

DEFAULTS = load({}).webhook_pauses_s


def test_ten_tries_take_at_least_72_hours() -> None:
    waits = [pause_s(DEFAULTS, tries, 0.0) for tries in range(1, 10)]

    assert sum(each or 0 for each in waits) == 261_365  # 72 hours are 259,200 seconds
    assert waits == sorted(waits, key=lambda each: each or 0)
    assert pause_s(DEFAULTS, 10, 0.0) is None


def test_a_pause_is_up_to_a_tenth_longer() -> None:
    assert (pause_s([10.0], 1, 0.0), pause_s([10.0], 1, 1.0)) == (10.0, 11.0)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example/fire?team=1",
        "https://hooks.example:8443/",
        "https://xn--fiqs8s.example",
        "https://8.8.8.8/hook",
        "https://[2606:4700:4700::1111]/hook",
    ],
)
def test_urls_that_are_taken(url: str) -> None:
    assert url_faults(url, private_addresses=False) == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://hooks.example/", "It has to begin with https://."),
        ("ftp://hooks.example/", "It has to begin with https://."),
        ("https://me:secret@hooks.example/", "No user or password in it"),
        ("https://@hooks.example/", "No user or password in it"),
        ("https://hooks.example/#top", "No fragment (#) in it"),
        ("https:///hook", "The host is not valid."),
        ("https://hooks_.example/", "The host is not valid."),
        ("https://hooks.example:0/", "The port is not valid."),
        ("https://hooks.example:99999/", "The host or the port is not valid."),
        ("https://[::1/", "The host or the port is not valid."),
        ("https://localhost/", "This is no address of the public internet"),
        ("https://box.localhost./", "This is no address of the public internet"),
        ("https://127.0.0.1/", "This is no address of the public internet"),
        ("https://169.254.169.254/latest/meta-data/", "This is no address of the public"),
        ("https://[fd00:ec2::254]/", "This is no address of the public internet"),
        ("https://[::ffff:10.0.0.1]/", "This is no address of the public internet"),
        ("https://good.example\\@evil.example/", "A URL has 1 to 2000 visible ASCII"),
        ("https://hooks.example/a b", "A URL has 1 to 2000 visible ASCII"),
        ("https://钩子.example/", "A URL has 1 to 2000 visible ASCII"),
        (f"https://hooks.example/{'a' * 2000}", "A URL has 1 to 2000 visible ASCII"),
        ("", "A URL has 1 to 2000 visible ASCII"),
    ],
)
def test_urls_that_are_refused(url: str, reason: str) -> None:
    [fault] = url_faults(url, private_addresses=False)

    assert fault.path == "/url"
    assert fault.text["en"].startswith(reason)


def test_all_that_is_wrong_with_a_url_is_told_at_once() -> None:
    found = url_faults("http://me@127.0.0.1/#a", private_addresses=False)

    assert [fault.text["zh"] for fault in found] == [
        "网址必须以 https:// 开头。",
        "网址不能包含用户名或密码。",
        "网址不能包含 # 片段。",
        "该地址不是公网地址，不能作为接收端。",
    ]


def test_a_test_system_may_send_anywhere_and_by_http() -> None:
    for url in ("http://127.0.0.1:9000/hook", "http://localhost/", "https://10.0.0.1/"):
        assert url_faults(url, private_addresses=True) == []


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(schema.build(hooks.discover().forms()))


DEEP = f"{{ {'hazard { events { edges { node { ' * 5} kind {'} } } } ' * 5} }}"
MORE = "It says more than one selection: its braces do not match."


@pytest.mark.parametrize(
    "selection",
    [
        "{ cursor kind }",
        "\n{ cursor # where\n hazard { id place { name } } }\n",
        "{ ... on HazardEvent { __typename at: occurredAt } } # the end",
    ],
)
def test_selections_that_are_taken(engine: Engine, selection: str) -> None:
    assert single.faults(engine, document(selection)) == []


@pytest.mark.parametrize(
    ("selection", "message", "line"),
    [
        ("{ kind } }\nquery Other { viewer { name }", "The document has several operations", None),
        ("{ ...All } }\nfragment All on HazardEvent { kind", MORE, None),
        ("{ kind }\n hazardUpdates(filter: $filter) { cursor }", MORE, None),
        ("{ kind } ... on Subscription { hazardUpdates { kind }", "Syntax Error", 4),
        ("@include(if: true) { kind }", "Subscription 'Webhook' must not use `@skip`", 3),
        ("{ kind ", "Syntax Error: Expected Name, found <EOF>.", 4),
        ("kind", "Subscription 'Webhook' must select only one top level field.", 3),
        ("{\n colour\n}", "Cannot query field 'colour' on type 'HazardEvent'.", 4),
        ("{ hazard { title(lang: $lang) } }", "Variable '$lang' is not defined", 3),
        (DEEP, "The operation's depth is 22, and may be 15 at most.", None),
    ],
)
def test_selections_that_are_refused(
    engine: Engine, selection: str, message: str, line: int | None
) -> None:
    found = single.faults(engine, document(selection))

    assert found[0].message.startswith(message)
    assert found[0].line == line


def test_a_selection_that_costs_too_much_is_refused() -> None:
    small = Engine(schema.build([]), Limits(cost=100))
    many = "{ hazard { events(first: 100) { edges { node { id } } } } }"
    [wrong] = single.faults(small, document(many))

    assert wrong.message == "The operation's cost is 203, and may be 100 at most."


def test_what_is_wrong_is_told_by_the_line_of_the_selection() -> None:
    assert selection_fault("Cannot query field 'colour'.", 4).text == {
        "zh": "选择集无效：Cannot query field 'colour'.（第 2 行）",
        "en": "Cannot query field 'colour'. (line 2)",
    }


def test_pauses_are_read_from_a_variable_and_from_a_list() -> None:
    assert load({"GRIDQL_WEBHOOK_PAUSES_S": "1, 2.5"}).webhook_pauses_s == (1.0, 2.5)
    assert load({}, webhook_pauses_s=[3]).webhook_pauses_s == (3.0,)
    assert Settings.__dataclass_fields__["webhook_pauses_s"].default == DEFAULTS

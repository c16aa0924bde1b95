"""Lists in pages: forward and backward, over ties and over what is not set."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gridql.domain.hazards.models import Hazard
from tests.integration.graph.world import World

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
GRAVE = ["MINOR", "SERIOUS", "SUSPECTED_MAJOR", "MAJOR"]

PAGE = """
query($orderBy: [HazardOrder!], $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  hazards(orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


async def plain(order: str) -> list[str]:
    """All hazards as one query by the ORM has them, in that order."""
    rows = await Hazard.all()
    keys: dict[str, Any] = {
        "REPORTED_AT_DESC": lambda row: (-row.reported_at.timestamp(), -row.id),
        "REPORTED_AT_ASC": lambda row: (row.reported_at, row.id),
        "DUE_AT_ASC": lambda row: (row.due_at or NEVER, row.id),
        "DUE_AT_DESC": lambda row: (-(row.due_at or NEVER).timestamp(), -row.id),
        "DUE_AT_ASC REPORTED_AT_DESC": lambda row: (
            row.due_at or NEVER,
            -row.reported_at.timestamp(),
            -row.id,
        ),
        "REPORTED_AT_DESC DUE_AT_ASC": lambda row: (
            -row.reported_at.timestamp(),
            row.due_at or NEVER,
            row.id,
        ),
        "SEVERITY_DESC": lambda row: (-GRAVE.index(row.severity), -row.id),
        "SEVERITY_ASC": lambda row: (GRAVE.index(row.severity), row.id),
        "SEVERITY_DESC DUE_AT_ASC": lambda row: (
            -GRAVE.index(row.severity),
            row.due_at or NEVER,
            row.id,
        ),
    }
    return [f"Hazard:{row.id}" for row in sorted(rows, key=keys[order])]


async def page(world: World, **arguments: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await world.data(PAGE, **arguments))["hazards"]
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [edge["node"]["id"] for edge in found["edges"]]


@pytest.mark.parametrize("size", [1, 7, 64, 100])
@pytest.mark.parametrize(
    "order",
    [
        "REPORTED_AT_DESC",
        "REPORTED_AT_ASC",
        "DUE_AT_ASC",
        "DUE_AT_DESC",
        "DUE_AT_ASC REPORTED_AT_DESC",
        "REPORTED_AT_DESC DUE_AT_ASC",
        "SEVERITY_DESC",
        "SEVERITY_ASC",
        "SEVERITY_DESC DUE_AT_ASC",
    ],
)
async def test_the_whole_list_both_ways(world: World, order: str, size: int) -> None:
    expected = await plain(order)
    assert len(expected) == 64
    if size == 1:  # once through every cursor is enough for a part of the list
        expected, backward = expected[:9], expected[-9:]
    else:
        backward = expected

    forward_found: list[str] = []
    found = await page(world, orderBy=order.split(), first=size)
    while len(forward_found) < len(expected):
        assert found["pageInfo"]["hasPreviousPage"] is bool(forward_found)
        forward_found += ids(found)
        more = len(forward_found) < 64
        assert found["pageInfo"]["hasNextPage"] is more
        if more:
            end = found["pageInfo"]["endCursor"]
            found = await page(world, orderBy=order.split(), first=size, after=end)
    backward_found: list[str] = []
    found = await page(world, orderBy=order.split(), last=size)
    while len(backward_found) < len(backward):
        assert found["pageInfo"]["hasNextPage"] is bool(backward_found)
        backward_found = ids(found) + backward_found
        more = len(backward_found) < 64
        assert found["pageInfo"]["hasPreviousPage"] is more
        if more:
            start = found["pageInfo"]["startCursor"]
            found = await page(world, orderBy=order.split(), last=size, before=start)

    assert forward_found == expected
    assert backward_found == backward


@pytest.mark.parametrize("order", ["REPORTED_AT_DESC", "DUE_AT_ASC", "SEVERITY_DESC"])
async def test_pages_that_only_cursors_are_asked_of(world: World, order: str) -> None:
    query = """
    query($orderBy: [HazardOrder!], $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
      hazards(orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { id } }
      }
    }
    """

    async def edges(**arguments: Any) -> list[tuple[str, str]]:
        found = (await world.data(query, orderBy=[order], **arguments))["hazards"]
        return [(edge["node"]["id"], edge["cursor"]) for edge in found["edges"]]

    whole = await edges(first=100)
    forward = await edges(first=30)
    forward += await edges(first=30, after=forward[-1][1])
    forward += await edges(first=30, after=forward[-1][1])
    backward = await edges(last=30)
    backward = await edges(last=30, before=backward[0][1]) + backward
    backward = await edges(last=30, before=backward[0][1]) + backward

    assert [each for each, _ in whole] == await plain(order)
    assert forward == whole
    assert backward == whole


async def test_page_info_in_all_four_situations(world: World) -> None:
    whole = await page(world, first=100)
    cursors = [edge["cursor"] for edge in whole["edges"]]

    async def info(**arguments: Any) -> tuple[bool, bool, Any, Any]:
        found = (await page(world, **arguments))["pageInfo"]
        return (
            found["hasPreviousPage"],
            found["hasNextPage"],
            found["startCursor"],
            found["endCursor"],
        )

    assert await info(first=64) == (False, False, cursors[0], cursors[63])
    assert await info(first=63) == (False, True, cursors[0], cursors[62])
    assert await info(first=10, after=cursors[9]) == (True, True, cursors[10], cursors[19])
    assert await info(first=10, after=cursors[53]) == (True, False, cursors[54], cursors[63])
    assert await info(last=64) == (False, False, cursors[0], cursors[63])
    assert await info(last=63) == (True, False, cursors[1], cursors[63])
    assert await info(last=10, before=cursors[20]) == (True, True, cursors[10], cursors[19])
    assert await info(last=10, before=cursors[10]) == (False, True, cursors[0], cursors[9])


async def test_pages_between_two_cursors_and_beyond_the_ends(world: World) -> None:
    cursors = [edge["cursor"] for edge in (await page(world, first=100))["edges"]]

    between = await page(world, first=100, after=cursors[4], before=cursors[8])
    beyond = await page(world, first=5, after=cursors[63])
    before = await page(world, last=5, before=cursors[0])
    swapped = await page(world, first=5, after=cursors[8], before=cursors[4])

    assert [edge["cursor"] for edge in between["edges"]] == cursors[5:8]
    assert between["totalCount"] == 64
    assert (beyond["edges"], beyond["pageInfo"]) == (
        [],
        {"hasNextPage": False, "hasPreviousPage": True, "startCursor": None, "endCursor": None},
    )
    assert (before["edges"], before["pageInfo"]) == (
        [],
        {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    )
    assert swapped["edges"] == []


async def test_an_empty_list(world: World) -> None:
    empty = '(filter: {category: {eq: "NONE"}})'
    found = await world.data(
        f"""{{
          whole: hazards{empty} {{
            totalCount edges {{ cursor }}
            pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
          }}
          count: hazards{empty} {{ totalCount }}
          name: hazards{empty} {{ __typename }}
          info: hazards{empty} {{ pageInfo {{ hasPreviousPage }} }}
          items: hazards{empty} {{ edges {{ node {{ id }} }} }}
        }}"""
    )

    assert found == {
        "whole": {
            "totalCount": 0,
            "edges": [],
            "pageInfo": {
                "hasNextPage": False,
                "hasPreviousPage": False,
                "startCursor": None,
                "endCursor": None,
            },
        },
        "count": {"totalCount": 0},
        "name": {"__typename": "HazardConnection"},
        "info": {"pageInfo": {"hasPreviousPage": False}},
        "items": {"edges": []},
    }


async def test_each_part_of_a_page_by_itself(world: World) -> None:
    found = await world.data(
        """{
          count: places { totalCount }
          name: places { __typename }
          info: places { pageInfo { hasPreviousPage hasNextPage } }
          typed: places { pageInfo { __typename } }
          cursors: places(first: 2) { edges { cursor } }
          twenty: hazards { pageInfo { hasNextPage } edges { node { __typename } } }
        }"""
    )

    assert found.pop("twenty") == {
        "pageInfo": {"hasNextPage": True},
        "edges": [{"node": {"__typename": "Hazard"}}] * 20,
    }
    assert found == {
        "count": {"totalCount": 5},
        "name": {"__typename": "PlaceConnection"},
        "info": {"pageInfo": {"hasPreviousPage": False, "hasNextPage": False}},
        "typed": {"pageInfo": {"__typename": "PageInfo"}},
        "cursors": {"edges": [{"cursor": "1"}, {"cursor": "2"}]},
    }


async def test_nested_lists_have_pages_of_their_own(world: World) -> None:
    query = """
    query($after: Cursor) {
      grids(first: 2, orderBy: CODE_DESC) {
        edges {
          node {
            code
            hazards(first: 2, after: $after, orderBy: REPORTED_AT_ASC) {
              totalCount
              edges { cursor node { id events(last: 1) { edges { node { kind } } } } }
              pageInfo { hasNextPage hasPreviousPage }
            }
          }
        }
      }
    }
    """

    first = await world.data(query)
    cursor = first["grids"]["edges"][1]["node"]["hazards"]["edges"][1]["cursor"]
    second = await world.data(query, after=cursor)

    def shown(found: Any) -> list[Any]:
        nodes = [edge["node"] for edge in found["grids"]["edges"]]
        return [
            (node["code"], ids(node["hazards"]), [*node["hazards"]["pageInfo"].values()])
            for node in nodes
        ]

    assert shown(first) == [
        ("370114002014001", ["Hazard:60", "Hazard:55"], [True, False]),
        ("370114001004001", ["Hazard:40", "Hazard:43"], [True, False]),
    ]
    assert cursor == "2026-04-21T20:00:00.25+00:00|43"
    assert shown(second) == [
        ("370114002014001", ["Hazard:55", "Hazard:58"], [True, True]),
        ("370114001004001", ["Hazard:46", "Hazard:49"], [True, True]),
    ]
    closed = second["grids"]["edges"][1]["node"]["hazards"]["edges"][1]["node"]
    assert closed["events"] == {"edges": [{"node": {"kind": "CLOSED"}}]}


@pytest.mark.parametrize("given", ["literal", "variable"])
@pytest.mark.parametrize(
    ("name", "size", "message"),
    [
        ("first", 0, "`first` is 0, but has to be 1 to 100."),
        ("first", 101, "`first` is 101, but has to be 1 to 100."),
        ("first", -1, "`first` is -1, but has to be 1 to 100."),
        ("last", 0, "`last` is 0, but has to be 1 to 100."),
        ("last", 101, "`last` is 101, but has to be 1 to 100."),
    ],
)
async def test_sizes_that_are_none(
    world: World, given: str, name: str, size: int, message: str
) -> None:
    if given == "literal":
        failed = await world.fails(f"{{ hazards({name}: {size}) {{ edges {{ cursor }} }} }}")
    else:
        query = f"query($size: Int) {{ hazards({name}: $size) {{ edges {{ cursor }} }} }}"
        assert len((await world.data(query, size=2))["hazards"]["edges"]) == 2
        failed = await world.fails(query, size=size)

    assert failed == message


async def test_first_and_last_together(world: World) -> None:
    assert await world.fails("{ hazards(first: 1, last: 1) { edges { cursor } } }") == (
        "Give `first` or `last`, not both."
    )
    assert await world.fails(
        '{ grid(code: "370114001003001") { hazards(first: 1, last: 1) { edges { cursor } } } }'
    ) == ("Give `first` or `last`, not both.")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "1",
        "2026-05-01T08:00:00.25+00:00",
        "2026-05-01T08:00:00.25+00:00|",
        "2026-05-01T08:00:00.25+00:00|x",
        "2026-05-01T08:00:00.25+00:00|1|2",
        "2026-05-01T08:00:00.25+00:00|-1",
        "2026-05-01T08:00:00.25+00:00|１",
        "2026-05-01T08:00:00.25+00:00|9223372036854775808",
        "2026-05-01T08:00:00.25+00:00|" + "9" * 5000,
        "2026-05-01T08:00:00.25|1",
        "2026-05-01|1",
        "2026-13-01T00:00:00+00:00|1",
        "\0|1",
        "1|2026-05-01T08:00:00.25+00:00",
    ],
    ids=lambda cursor: repr(cursor[:35]),
)
@pytest.mark.parametrize("name", ["after", "before"])
async def test_cursors_that_are_none_of_this_list(world: World, name: str, cursor: str) -> None:
    query = f"query($cursor: Cursor) {{ hazards({name}: $cursor) {{ edges {{ cursor }} }} }}"

    assert await world.fails(query, cursor=cursor) == (
        f"`{name}` is no cursor of this list in this order: take it from an edge."
    )


async def test_a_cursor_that_is_no_text_at_all(world: World) -> None:
    query = "query($cursor: Cursor) { hazards(after: $cursor) { edges { cursor } } }"

    response = await world.ask(query, cursor=5)

    assert "data" not in response
    assert "A cursor is a string." in response["errors"][0]["message"]
    assert len((await world.data(query, cursor=None))["hazards"]["edges"]) == 20


async def test_the_cursor_of_a_list_by_code(world: World) -> None:
    found = await world.data(
        """{
          areas(after: "370114001", first: 2) { edges { cursor node { name } } }
          none: areas(after: "99") { edges { cursor } }
        }"""
    )

    assert found == {
        "areas": {
            "edges": [
                {"cursor": "370114001003", "node": {"name": "白泉社区"}},
                {"cursor": "370114001004", "node": {"name": "查旧村"}},
            ]
        },
        "none": {"edges": []},
    }
    assert await world.fails('{ areas(after: "\\u0000") { edges { cursor } } }') == (
        "A text holds U+0000, or half a character: nothing here does."
    )

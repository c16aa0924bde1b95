"""What a selection may look like: aliases, fragments, directives, variables, type names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.graph.world import World


async def test_aliases_give_the_same_field_with_other_arguments(world: World) -> None:
    found = await world.data(
        """{
          oldest: hazards(last: 1) { edges { node { number: id } } }
          newest: hazards(first: 2) { edges { node { id again: id title } } }
          grid(code: "370114001003001") {
            closed: hazards(filter: {status: {eq: CLOSED}}) { many: totalCount }
            open: hazards(filter: {not: {status: {eq: CLOSED}}}) { totalCount }
          }
        }"""
    )

    assert found == {
        "oldest": {"edges": [{"node": {"number": "Hazard:20"}}]},
        "newest": {
            "edges": [
                {"node": {"id": "Hazard:64", "again": "Hazard:64", "title": "路面湿滑"}},
                {
                    "node": {
                        "id": "Hazard:63",
                        "again": "Hazard:63",
                        "title": "货物堆放过高，与灯具距离不足0.5米",
                    }
                },
            ]
        },
        "grid": {"closed": {"many": 3}, "open": {"totalCount": 25}},
    }


async def test_one_response_key_asked_for_twice_is_merged(world: World) -> None:
    found = await world.data(
        """{
          hazard(id: "Hazard:1") { grid { code } title grid { community { code } } }
          hazard(id: "Hazard:1") { grid { community { name } } title }
        }"""
    )

    assert found == {
        "hazard": {
            "grid": {
                "code": "370114001003001",
                "community": {"code": "370114001003", "name": "白泉社区"},
            },
            "title": "隐患1",
        }
    }


async def test_fragments_apply_by_type(world: World) -> None:
    found = await world.data(
        """
        query { node(id: "Hazard:1") { ...Named ...Dated ... on Node { id } ... { key: id } } }
        fragment Named on Hazard { title ...Placed }
        fragment Placed on Hazard { place { ... on Node { id } ... on Place { name } } }
        fragment Dated on Visit { visitedAt }
        """
    )

    assert found == {
        "node": {
            "title": "隐患1",
            "place": {"id": "Place:1", "name": "惠民超市"},
            "id": "Hazard:1",
            "key": "Hazard:1",
        }
    }


async def test_fragments_on_connections_and_edges(world: World) -> None:
    found = await world.data(
        """
        { visits(last: 1) { ...Page } }
        fragment Page on VisitConnection { ...Count edges { ...Edge } pageInfo { ...Info } }
        fragment Count on VisitConnection { totalCount }
        fragment Edge on VisitEdge { node { ...Call } }
        fragment Call on Visit { kind outcome }
        fragment Info on PageInfo { hasNextPage }
        """
    )

    assert found == {
        "visits": {
            "totalCount": 6,
            "edges": [{"node": {"kind": "HOUSEHOLD", "outcome": "MET"}}],
            "pageInfo": {"hasNextPage": False},
        }
    }


async def test_typename_everywhere(world: World) -> None:
    found = await world.data(
        """{
          __typename
          viewer { __typename }
          area(code: "370114001") { __typename path { __typename } }
          submissions(last: 1) {
            __typename
            pageInfo { __typename }
            edges {
              __typename
              node {
                __typename
                form { __typename }
                subject { __typename }
                answers { __typename }
                score { __typename }
                findings { __typename hazard { __typename } }
                hazards { __typename }
              }
            }
          }
        }"""
    )

    assert found == {
        "__typename": "Query",
        "viewer": {"__typename": "Viewer"},
        "area": {"__typename": "Area", "path": [{"__typename": "Area"}] * 4},
        "submissions": {
            "__typename": "SubmissionConnection",
            "pageInfo": {"__typename": "PageInfo"},
            "edges": [
                {
                    "__typename": "SubmissionEdge",
                    "node": {
                        "__typename": "Submission",
                        "form": {"__typename": "FormVersion"},
                        "subject": {"__typename": "Place"},
                        "answers": {"__typename": "NineSmallPlacesShopV1"},
                        "score": {"__typename": "Score"},
                        "findings": [{"__typename": "Finding", "hazard": {"__typename": "Hazard"}}]
                        * 3,
                        "hazards": {"__typename": "HazardConnection"},
                    },
                }
            ],
        },
    }


DIRECTED = """
query($yes: Boolean!, $no: Boolean = false) {
  hazard(id: "Hazard:1") {
    title @include(if: $yes)
    severity @skip(if: $yes)
    category @include(if: $yes) @skip(if: $no)
    ...Place @include(if: $yes)
    ... on Hazard @skip(if: $yes) { revision }
  }
}
fragment Place on Hazard { place @include(if: $yes) { name } }
"""


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (
            {"yes": True},
            {"title": "隐患1", "category": "ELECTRICAL", "place": {"name": "惠民超市"}},
        ),
        ({"yes": True, "no": True}, {"title": "隐患1", "place": {"name": "惠民超市"}}),
        ({"yes": False}, {"severity": "SERIOUS", "revision": 1}),
        (
            {"yes": True, "no": False},
            {"title": "隐患1", "category": "ELECTRICAL", "place": {"name": "惠民超市"}},
        ),
    ],
)
async def test_skip_and_include(
    world: World, variables: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert await world.data(DIRECTED, **variables) == {"hazard": expected}


async def test_an_object_of_which_everything_is_skipped_is_empty(world: World) -> None:
    found = await world.data(
        """{
          hazard(id: "Hazard:1") { title @skip(if: true) grid { name @skip(if: true) } }
          hazards(first: 1) { edges { node { id @skip(if: true) } } }
          visits { totalCount @include(if: false) }
          places(first: 1) {
            pageInfo { endCursor @skip(if: true) }
            edges { cursor @skip(if: true) }
          }
        }"""
    )

    assert found == {
        "hazard": {"grid": {}},
        "hazards": {"edges": [{"node": {}}]},
        "visits": {},
        "places": {"pageInfo": {}, "edges": [{}]},
    }


VARIABLES = """
query(
  $code: String! = "370114001003001", $first: Int = 2, $last: Int
  $severity: Severity, $titles: [HazardOrder!] = [DUE_AT_ASC]
  $either: [HazardFilter!], $under: String, $events: Int
) {
  grid(code: $code) {
    hazards(
      first: $first, last: $last, orderBy: $titles
      filter: {severity: {eq: $severity}, or: $either, and: [{under: $under}]}
    ) {
      totalCount
      edges { node { id events(first: $events) { totalCount edges { node { kind } } } } }
    }
  }
}
"""


def page(total: int, *numbers: int) -> dict[str, Any]:
    """The grid with that page of hazards, to each of which happened only its report."""
    events = {"totalCount": 1, "edges": [{"node": {"kind": "REPORTED"}}]}
    nodes = [{"node": {"id": f"Hazard:{number}", "events": events}} for number in numbers]
    return {"grid": {"hazards": {"totalCount": total, "edges": nodes}}}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, page(28, 4, 8)),
        ({"first": 1}, page(28, 4)),
        ({"first": None, "last": 1}, page(28, 20)),
        ({"first": None, "last": 1, "titles": ["REPORTED_AT_DESC"]}, page(28, 20)),
        ({"titles": "REPORTED_AT_DESC"}, page(28, 64, 63)),
        ({"titles": None}, page(28, 64, 63)),
        ({"titles": []}, page(28, 64, 63)),
        ({"severity": "SUSPECTED_MAJOR"}, page(8, 8, 17)),
        ({"severity": None}, page(28, 4, 8)),
        ({"either": [{"category": {"eq": "WEATHER"}}, {"category": {"eq": None}}]}, page(28, 4, 8)),
        ({"either": {"category": {"eq": "WEATHER"}}}, page(1, 64)),
        ({"either": []}, page(0)),
        ({"either": None}, page(28, 4, 8)),
        ({"under": "370114002"}, page(0)),
        ({"code": "370114001004001", "under": "370114001004"}, page(18, 44, 48)),
        ({"events": 1}, page(28, 4, 8)),
    ],
)
async def test_variables_at_every_depth(
    world: World, variables: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert await world.data(VARIABLES, **variables) == expected


async def test_two_operations_share_a_fragment_and_not_their_variables(world: World) -> None:
    query = """
    query Few($first: Int = 1) { ...Places }
    query Many($first: Int = 3) { ...Places }
    query One { places(first: 1) { edges { node { name } } } }
    fragment Places on Query { places(first: $first) { edges { node { name } } } }
    """

    async def names(operation: str, **variables: Any) -> list[str]:
        found = await world.data(query, operation=operation, **variables)
        return [edge["node"]["name"] for edge in found["places"]["edges"]]

    assert await names("Few") == ["惠民超市"]
    assert await names("Many") == ["惠民超市", "泉边小馆", "便民商店"]
    assert await names("Many", first=2) == ["惠民超市", "泉边小馆"]
    assert await names("One") == ["惠民超市"]
    assert await world.fails(query) == (
        "The document has several operations: name one in `operationName`."
    )
    assert await world.fails(query, operation="None") == (
        "There is no operation named 'None' in the document."
    )


@pytest.mark.parametrize(
    "alias",
    ["_", "_0", "t1", "select", "rn", "a" * 63, "a" * 64, "a" * 200, "Title", "tITLE"],
    ids=lambda alias: alias[:6] + str(len(alias)),
)
async def test_any_name_is_an_alias(world: World, alias: str) -> None:
    found = await world.data(
        f"""{{
          {alias}: hazards(first: 1, filter: {{category: {{eq: "WEATHER"}}}}) {{
            {alias}: totalCount
            {alias}_: edges {{
              {alias}: node {{
                title
                {alias}: title
                {alias}b: __typename
                {alias}c: closedAt
                {alias}d: daysLeft
                {alias}e: grid {{ {alias}: kind {alias}b: boundary }}
              }}
            }}
          }}
        }}"""
    )

    assert found == {
        alias: {
            alias: 1,
            f"{alias}_": [
                {
                    alias: {
                        "title": "路面湿滑",
                        alias: "路面湿滑",
                        f"{alias}b": "Hazard",
                        f"{alias}c": None,
                        f"{alias}d": 3,
                        f"{alias}e": {
                            alias: "BASIC",
                            f"{alias}b": {
                                "type": "Polygon",
                                "coordinates": [
                                    [[117.5, 36.7], [117.6, 36.7], [117.5, 36.8], [117.5, 36.7]]
                                ],
                            },
                        },
                    }
                }
            ],
        }
    }


async def test_the_deepest_selections_that_are_allowed(world: World) -> None:
    below = "code"
    for _ in range(3):
        below = f"community {{ grids(first: 1) {{ edges {{ node {{ {below} }} }} }} }}"
    lists = "level"
    for _ in range(4):
        lists = f"children(first: 1) {{ edges {{ node {{ {lists} }} }} }}"
    above = "level"
    for _ in range(13):
        above = f"parent {{ {above} }}"

    found = await world.data(
        f"""{{
          grid(code: "370114001003002") {{ {below} }}
          top: area(code: "370000") {{ {lists} }}
          area(code: "370114001003") {{ {above} }}
        }}"""
    )

    first = {"community": {"grids": {"edges": [{"node": {"code": "370114001003001"}}]}}}
    assert found["grid"]["community"]["grids"]["edges"][0]["node"]["community"]["grids"] == {
        "edges": [{"node": first}]
    }
    assert found["top"] == {
        "children": {
            "edges": [
                {
                    "node": {
                        "children": {
                            "edges": [
                                {
                                    "node": {
                                        "children": {
                                            "edges": [
                                                {
                                                    "node": {
                                                        "children": {
                                                            "edges": [
                                                                {"node": {"level": "COMMUNITY"}}
                                                            ]
                                                        }
                                                    }
                                                }
                                            ]
                                        }
                                    }
                                }
                            ]
                        }
                    }
                }
            ]
        }
    }
    assert found["area"]["parent"]["parent"]["parent"]["parent"] == {"parent": None}

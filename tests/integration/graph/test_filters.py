"""Filters: every operator, and, or, not, and what they make of values that are not set."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.graph.asking import ids
from tests.integration.graph.people import AGENCY, STREET
from tests.integration.graph.world import World


async def numbers(world: World, root: str, filter: str, **options: Any) -> list[int]:
    """The numbers of all rows that a filter lets through, in their own order."""
    query = f"{{ {root}(first: 100, filter: {filter}) {{ totalCount edges {{ node {{ id }} }} }} }}"
    found = await world.data(query, **options)
    assert found[root]["totalCount"] == len(found[root]["edges"])
    return sorted(int(each.partition(":")[2]) for each in ids(found))


CLOSED = [7, 14, 21, 28, 35, 42, 49, 56]
FIFTHS = [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60]
FOUND = [61, 62, 63, 64]
ALL = list(range(1, 65))


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ("{}", ALL),
        ("{status: {eq: CLOSED}}", CLOSED),
        ("{status: {in: [CLOSED, VOIDED]}}", [7, 11, 14, 21, 28, 35, 42, 49, 56]),
        ("{status: {in: []}}", []),
        ("{status: {eq: CLOSED, in: [VOIDED]}}", []),
        ('{category: {eq: "WEATHER"}}', [64]),
        ('{category: {eq: "weather"}}', []),
        ('{category: {in: ["WEATHER", "ESCAPE_ROUTE", "NONE"]}}', [61, 64]),
        ('{category: {startsWith: "FIRE_"}}', [62]),
        ('{category: {startsWith: "%"}}', []),
        ('{category: {startsWith: "_"}}', []),
        ('{category: {startsWith: ""}}', ALL),
        ('{category: {startsWith: "\'; drop table hazard; --"}}', []),
        ('{department: {eq: "HOUSING"}, severity: {eq: SERIOUS}, under: "370114002"}', [55, 58]),
        ('{departments: {eq: "MARKET_SUPERVISION"}}', [40]),
        ('{departments: {in: ["FIRE_RESCUE"]}, department: {eq: "HOUSING"}}', [13, 40]),
        ('{departments: {eq: "FIRE_RESCUE"}, under: "370114001004"}', [39, 40, 42, 45, 48, 51, 54]),
        (
            '{not: {departments: {in: ["FIRE_RESCUE", "HOUSING"]}}, placeId: {eq: "Place:5"}}',
            [56, 59],
        ),
        ('{departments: {startsWith: "MARKET"}}', [40]),
        ("{level: {eq: GRID}, urgency: {in: [DUE_SOON, OVERDUE]}}", []),
        ("{dueAt: {isNull: true}}", FIFTHS),
        ("{dueAt: {isNull: false}, status: {eq: CLOSED}}", [7, 14, 21, 28, 42, 49, 56]),
        ('{dueAt: {gte: "2026-05-04T08:00:00.250Z"}}', [62, 63, 64]),
        ('{dueAt: {gte: "2026-05-04T16:00:00.25+08:00"}}', [62, 63, 64]),
        ('{dueAt: {gte: "2026-05-04T08:00:00.251Z"}}', [62, 63]),
        ('{reportedAt: {lt: "2026-04-21T08:00:00.250001Z"}}', [20, 40, 60]),
        ('{reportedAt: {lt: "2026-04-21T08:00:00.25Z"}}', []),
        (
            '{reportedAt: {gte: "2026-04-21T20:00:00.25Z", lt: "2026-04-22T08:00:00.25Z"}}',
            [3, 23, 43],
        ),
        ('{placeId: {eq: "Place:5"}}', [55, 56, 57, 58, 59, 60]),
        ('{placeId: {in: ["Place:5", "Grid:5", "nothing"]}, status: {eq: CLOSED}}', [56]),
        ('{placeId: {eq: "Grid:5"}}', []),
        ('{placeId: {eq: ""}}', []),
        ('{gridId: {eq: "Grid:370114001003002"}, placeId: {eq: "Place:3"}}', [*range(25, 31)]),
        ('{under: "370114001003002"}', [*range(25, 37)]),
        ('{under: "370114002"}', [*range(55, 61)]),
        ('{under: "370114"}', ALL),
        ('{under: "370100"}', ALL),
        ('{under: "370000"}', ALL),
        ('{under: "370115"}', []),
    ],
)
async def test_operators(world: World, filter: str, expected: list[int]) -> None:
    assert await numbers(world, "hazards", filter) == expected


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ("{and: []}", ALL),
        ("{or: []}", []),
        ("{not: {}}", []),
        ("{and: [{}]}", ALL),
        ("{or: [{}]}", ALL),
        ("{not: {or: []}}", ALL),
        ('{and: [{under: "370114002"}, {status: {eq: CLOSED}}]}', [56]),
        (
            '{or: [{category: {eq: "WEATHER"}}, {under: "370114002", status: {eq: CLOSED}}]}',
            [56, 64],
        ),
        (
            '{under: "370114002", or: [{severity: {eq: MINOR}}, {status: {eq: CLOSED}}]}',
            [56, 57, 60],
        ),
        ('{not: {under: "370114001"}}', [*range(55, 61)]),
        ('{not: {not: {under: "370114002"}}}', [*range(55, 61)]),
        ('{not: {or: [{under: "370114001003"}, {under: "370114002"}]}}', [*range(37, 55)]),
        (
            '{and: [{or: [{under: "370114002"}, {under: "370114001004"}]}, '
            '{not: {and: [{status: {eq: REPORTED}}, {under: "370114001004"}]}}]}',
            [42, 49, *range(55, 61)],
        ),
    ],
)
async def test_and_or_not(world: World, filter: str, expected: list[int]) -> None:
    assert await numbers(world, "hazards", filter) == expected


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        # What is not set is neither before nor after, so it is left out …
        ('{dueAt: {lt: "2030-01-01T00:00:00Z"}}', sorted({*ALL} - {*FIFTHS})),
        ('{dueAt: {gte: "2000-01-01T00:00:00Z"}}', sorted({*ALL} - {*FIFTHS})),
        # … and of two opposites exactly one always holds.
        ('{not: {dueAt: {lt: "2030-01-01T00:00:00Z"}}}', FIFTHS),
        ('{not: {dueAt: {gte: "2000-01-01T00:00:00Z"}}}', FIFTHS),
        ('{not: {not: {dueAt: {lt: "2030-01-01T00:00:00Z"}}}}', sorted({*ALL} - {*FIFTHS})),
        ('{under: "370114002", not: {department: {eq: "HOUSING"}}}', [56, 57, 59, 60]),
        ('{under: "370114002", not: {department: {in: ["HOUSING"]}}}', [56, 57, 59, 60]),
        ('{under: "370114002", not: {department: {startsWith: "H"}}}', [56, 57, 59, 60]),
        (
            '{under: "370114002", not: {department: {eq: "HOUSING"}, status: {eq: CLOSED}}}',
            [*range(55, 61)],
        ),
        (
            '{under: "370114002", or: [{department: {eq: "HOUSING"}}, {dueAt: {isNull: true}}]}',
            [55, 58, 60],
        ),
        ('{not: {placeId: {eq: "Visit:1"}}}', ALL),
        (
            '{not: {placeId: {in: ["Visit:1", "Place:1"]}}, under: "370114001003001", '
            "status: {eq: CLOSED}}",
            [14],
        ),
        ('{not: {placeId: {eq: "Place:3"}}, under: "370114001003002"}', [*range(31, 37)]),
    ],
)
async def test_three_valued_logic(world: World, filter: str, expected: list[int]) -> None:
    assert await numbers(world, "hazards", filter) == expected


@pytest.mark.parametrize(
    ("root", "filter", "expected"),
    [
        ("residents", "{birthYear: {gte: 1975, lt: 1990}}", [4, 5]),
        ("residents", "{not: {birthYear: {gte: 1975}}}", [1, 2]),
        ("residents", "{birthYear: {eq: 1938}, gender: {eq: MALE}}", [1]),
        ("residents", '{gender: {in: [FEMALE]}, name: {startsWith: "郑"}}', [5]),
        ("residents", '{phone: {eq: "(0086)139 0000-1111"}}', [3]),
        ("residents", '{phone: {eq: "138****5678"}}', []),
        ("residents", '{idNumber: {eq: "99011419820506002x"}}', [5]),
        ("households", "{vacant: {eq: true}}", [4]),
        ("households", "{vacant: {eq: false}, lastVisitedAt: {isNull: true}}", [2, 5]),
        (
            "gridWorkers",
            "{active: {eq: true}, kind: {eq: FULL_TIME}, duty: {eq: LEADER}}",
            [1, 3, 4],
        ),
        ("visits", '{clientId: {eq: "00000000-0000-0000-0000-000000000004"}}', [4]),
        ("visits", '{clientId: {in: ["00000000000000000000000000000002"]}}', [2]),
        (
            "visits",
            '{workerId: {eq: "GridWorker:1"}, outcome: {in: [NO_ANSWER, PROXY_MET]}}',
            [2, 3],
        ),
        ("submissions", '{clientId: {eq: "00000000-0000-0000-0000-0000000007D1"}}', [1]),
        ("submissions", '{formId: {eq: "FormVersion:12"}}', [1, 7]),
        ("submissions", '{under: "370114001", householdId: {eq: "Household:1"}}', [3]),
        ("places", '{category: {eq: "N01"}, name: {startsWith: "便"}}', [3]),
    ],
)
async def test_lists_of_other_types(
    world: World, root: str, filter: str, expected: list[int]
) -> None:
    assert await numbers(world, root, filter) == expected


async def test_filters_of_areas(world: World) -> None:
    found = await world.data(
        """{
          under: areas(filter: {under: "370114001"}) { edges { node { name } } }
          level: areas(filter: {level: {eq: STREET}}) { edges { node { name } } }
          parent: areas(filter: {parentId: {eq: "Area:370114002"}}) { edges { node { name } } }
          kind: grids(filter: {kind: {eq: DEDICATED}}) { edges { node { name } } }
          of: grids(filter: {communityId: {eq: "Area:370114001004"}}) { edges { node { name } } }
        }"""
    )

    assert {
        key: [edge["node"]["name"] for edge in page["edges"]] for key, page in found.items()
    } == {
        "under": ["双山街道", "白泉社区", "查旧村"],
        "level": ["双山街道", "圣井街道"],
        "parent": ["古月山"],
        "kind": ["山东专属网格"],
        "of": ["旧村网格"],
    }


async def test_a_filter_in_a_variable(world: World) -> None:
    query = "query($filter: HazardFilter) { hazards(filter: $filter) { totalCount } }"

    async def count(filter: Any) -> int:
        found: int = (await world.data(query, filter=filter))["hazards"]["totalCount"]
        return found

    assert await count(None) == 64
    assert await count({}) == 64
    assert await count({"status": {"eq": "CLOSED"}}) == 8
    assert await count({"status": {"eq": "REPORTED"}}) == 52
    assert await count({"status": None}) == 64
    assert await count({"status": {"eq": None}}) == 64
    assert await count({"dueAt": {"isNull": True}}) == 12
    assert await count({"dueAt": {"isNull": False}}) == 52
    assert await count({"or": [{"status": {"eq": "CLOSED"}}, {"category": {"eq": "WEATHER"}}]}) == 9
    assert await count({"or": [{"status": {"eq": "CLOSED"}}]}) == 8
    assert await count({"severity": {"in": ["MINOR", "SERIOUS"]}}) == 44
    assert await count({"severity": {"in": ["MINOR"]}}) == 22
    assert await count({"severity": {"in": []}}) == 0
    assert await count({"category": {"in": ["WEATHER", "STORAGE"]}}) == 32
    assert await count({"category": {"in": ["WEATHER"]}}) == 1


async def test_hazard_events_have_a_filter_of_their_own(world: World) -> None:
    async def entries(filter: str, **options: Any) -> list[int]:
        return await numbers(world, "hazardEvents", filter, **options)

    assert await entries("{kind: [CLOSED]}") == [67, 68, 69, 70, 71, 72, 73, 74]
    assert await entries('{kind: [CLOSED], under: "370114001003002"}') == [70, 71]
    assert await entries('{severity: [SUSPECTED_MAJOR], under: "370114002"}') == [62, 65, 74]
    assert await entries('{category: ["WEATHER", "ESCAPE_ROUTE"]}') == [76, 82]
    assert await entries('{department: ["HOUSING"], kind: [CLOSED]}') == [67, 70, 73]
    assert await entries('{kind: [CLOSED], department: ["FIRE_RESCUE"]}', actor=AGENCY) == [69, 72]
    assert await entries("{kind: []}") == []


async def test_codes_that_are_none(world: World) -> None:
    for code in ("37011", "abc", "", "３７０１１４", "370114001003001000"):
        response = await world.ask(
            "query($code: String) { hazards(filter: {not: {under: $code}}) { totalCount } }",
            STREET,
            lang="zh",
            code=code,
        )
        assert response["errors"][0]["message"] == (
            "不是区划或网格代码：应为 6、9、12 或 15 位数字。"
        )
        assert response["errors"][0]["extensions"] == {"code": "INVALID"}


@pytest.mark.parametrize(
    ("filter", "words"),
    [
        ("{status: {eq: DONE}}", "Value 'DONE' does not exist in 'HazardStatus' enum."),
        ('{reportedAt: {gte: "2026-05-01"}}', "is no moment with an offset"),
        ('{reportedAt: {gte: "2026-05-01T08:00:00"}}', "is no moment with an offset"),
        ('{reportedAt: {gte: "0001-01-01T00:00:00+14:00"}}', "is no moment with an offset"),
        ("{nothing: {eq: 1}}", "not to include unknown field 'nothing'"),
        ("{or: [null]}", "Expected value of non-null type 'HazardFilter!' not to be None"),
        ('{placeId: {like: "Place:1"}}', "not to include unknown field 'like'"),
    ],
)
async def test_filters_that_cannot_be(world: World, filter: str, words: str) -> None:
    response = await world.ask(f"{{ hazards(filter: {filter}) {{ totalCount }} }}")

    assert "data" not in response
    assert words in response["errors"][0]["message"]


@pytest.mark.parametrize(
    "query",
    [
        "query($text: String) { hazards(filter: {category: {eq: $text}}) { totalCount } }",
        "query($text: String!) { hazards(filter: {category: {in: [$text]}}) { totalCount } }",
        "query($text: String) { hazards(filter: {category: {startsWith: $text}}) { totalCount } }",
        "query($text: String!) { area(code: $text) { name } }",
    ],
)
@pytest.mark.parametrize("text", ["a\0b", "\0"])
async def test_texts_that_no_database_keeps(world: World, query: str, text: str) -> None:
    assert await world.fails(query, text=text) == (
        "A text holds U+0000, or half a character: nothing here does."
    )
    assert await world.data(query, text="a b") in ({"hazards": {"totalCount": 0}}, {"area": None})

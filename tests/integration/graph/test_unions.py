"""Unions, answers typed by their form, documents, `node`, and values that Python computes."""

from __future__ import annotations

from typing import Any

from tests.integration.graph.people import AGENCY, AUDITOR, DEPARTMENT, GRID_1, STREET_A
from tests.integration.graph.world import World


async def test_what_a_submission_is_about(world: World) -> None:
    query = """{
      submissions(orderBy: SUBMITTED_AT_ASC) {
        edges {
          node {
            subject {
              __typename
              ... on Node { id }
              ... on Place { name category }
              ... on Household { address }
              ... on Resident { name household { address } }
              ... on Grid { code workers { totalCount } }
              ... on Area { code level }
            }
          }
        }
      }
    }"""

    def subjects(found: Any) -> list[Any]:
        return [edge["node"]["subject"] for edge in found["submissions"]["edges"]]

    assert subjects(await world.data(query)) == [
        {"__typename": "Place", "id": "Place:1", "name": "惠民超市", "category": "N01"},
        {"__typename": "Place", "id": "Place:2", "name": "泉边小馆", "category": "N02"},
        {"__typename": "Household", "id": "Household:1", "address": "白泉路1号"},
        {
            "__typename": "Grid",
            "id": f"Grid:{GRID_1}",
            "code": GRID_1,
            "workers": {"totalCount": 2},
        },
        {"__typename": "Area", "id": f"Area:{STREET_A}", "code": STREET_A, "level": "STREET"},
        {
            "__typename": "Resident",
            "id": "Resident:1",
            "name": "张伟",
            "household": {"address": "白泉路1号"},
        },
        {"__typename": "Place", "id": "Place:5", "name": "山下超市", "category": "N01"},
    ]
    # Null, and not the grid around it, where the subject is not the caller's to see.
    seen_by_auditor = subjects(await world.data(query, AUDITOR))
    assert [each and each["__typename"] for each in seen_by_auditor] == [
        "Place",
        "Place",
        None,
        "Grid",
        "Area",
        None,
        "Place",
    ]


async def test_answers_have_the_type_of_their_form(world: World) -> None:
    query = """
    query($id: ID!) {
      submission(id: $id) {
        answers {
          __typename
          ... on NineSmallPlacesShopV1 { exitClear stockHeight aisleWidth remark }
          ... on NineSmallPlacesRestaurantV1 { exitClear gasHose }
          ... on SatisfactionV1 { safety safetyProblems recommendation knowsGridWorker comment }
          ... on AreaReportV1 { meetings }
        }
        score { value max grade }
      }
    }
    """

    async def of(number: int) -> Any:
        return (await world.data(query, id=f"Submission:{number}"))["submission"]

    assert await of(1) == {
        "answers": {
            "__typename": "NineSmallPlacesShopV1",
            "exitClear": "NOT_OK",
            "stockHeight": "NOT_OK",
            "aisleWidth": "OK",
            "remark": "后门堆放纸箱，两具灭火器压力不足",
        },
        "score": {"value": 74, "max": 100, "grade": "C"},
    }
    assert (await of(7))["answers"] == {
        "__typename": "NineSmallPlacesShopV1",
        "exitClear": "OK",
        "stockHeight": "OK",
        "aisleWidth": "OK",
        "remark": None,
    }
    assert await of(3) == {
        "answers": {
            "__typename": "SatisfactionV1",
            "safety": "NOT_VERY_SAFE",
            "safetyProblems": ["TELECOM_FRAUD", "OTHER"],
            "recommendation": None,
            "knowsGridWorker": False,
            "comment": None,
        },
        "score": None,
    }
    assert (await of(5))["answers"] == {"__typename": "AreaReportV1", "meetings": 0}
    assert (await of(6))["answers"] == {"__typename": "CareNoteV1"}


async def test_answers_with_lists_within_lists(world: World) -> None:
    found = await world.data(
        """{
          submission(id: "Submission:4") {
            answersJson
            answers {
              ... on GridRoundV1 {
                weather
                walkedOn
                kilometres
                route { start end __typename }
                stops {
                  number
                  calm: quiet
                  seen
                  talks { __typename topic minutes }
                }
              }
            }
          }
        }"""
    )

    assert found["submission"]["answers"] == {
        "weather": "RAIN",
        "walkedOn": "2026-04-30",
        "kilometres": 3.5,
        "route": {"start": "东门", "end": None, "__typename": "GridRoundV1Route"},
        "stops": [
            {"number": 1, "calm": True, "seen": ["井盖", "路灯"], "talks": []},
            {
                "number": 2,
                "calm": False,
                "seen": None,
                "talks": [
                    {"__typename": "GridRoundV1StopsTalks", "topic": "噪音", "minutes": 5},
                    {"__typename": "GridRoundV1StopsTalks", "topic": "停车", "minutes": None},
                ],
            },
        ],
    }
    assert [*found["submission"]["answersJson"]] == [
        "weather",
        "walkedOn",
        "kilometres",
        "route",
        "stops",
        "remark",
    ]


async def test_findings_and_the_hazards_that_follow(world: World) -> None:
    found = await world.data(
        """{
          submission(id: "Submission:1") {
            visit { kind }
            location
            findings {
              rule
              path
              severity
              title
              chinese: title(lang: zh)
              remark
              hazard { id title daysLeft dueAt submission { id } }
            }
            hazards(orderBy: REPORTED_AT_ASC) { edges { node { id daysLeft } } }
          }
          area: submission(id: "Submission:5") { grid { code } findings { rule hazard { id } } }
        }"""
    )

    submission = found["submission"]
    assert submission["visit"] == {"kind": "PATROL"}
    assert submission["location"] == {"type": "Point", "coordinates": [117.5, 36.7]}
    assert [each["rule"] for each in submission["findings"]] == [
        "exitClear",
        "extinguisherOk",
        "stockHeight",
    ]
    assert submission["findings"][2] == {
        "rule": "stockHeight",
        "path": "/stockHeight",
        "severity": "MINOR",
        "title": "Goods stacked too high, less than 0.5 m below the lamps",
        "chinese": "货物堆放过高，与灯具距离不足0.5米",
        "remark": "后门堆放纸箱，两具灭火器压力不足",
        "hazard": {
            "id": "Hazard:63",
            "title": "货物堆放过高，与灯具距离不足0.5米",
            "daysLeft": 5,
            "dueAt": "2026-05-06T08:00:00.25+00:00",
            "submission": {"id": "Submission:1"},
        },
    }
    assert [edge["node"] for edge in submission["hazards"]["edges"]] == [
        {"id": "Hazard:61", "daysLeft": 0},
        {"id": "Hazard:62", "daysLeft": 5},
        {"id": "Hazard:63", "daysLeft": 5},
    ]
    # A whole street is no place that somebody could be sent to.
    assert found["area"] == {"grid": None, "findings": [{"rule": "noMeeting", "hazard": None}]}


async def test_days_left_wherever_it_is_asked_for(world: World) -> None:
    found = await world.data(
        """{
          hazard(id: "Hazard:16") { daysLeft left: daysLeft dueAt }
          closed: hazard(id: "Hazard:7") { daysLeft dueAt status }
          unset: hazard(id: "Hazard:5") { daysLeft dueAt }
          node(id: "Hazard:3") { ... on Hazard { late: daysLeft } }
          nodes(ids: ["Hazard:3", "Visit:1", "Hazard:999", "Hazard:16"]) {
            __typename
            ... on Hazard { daysLeft }
          }
          visits(first: 1, filter: {placeId: {eq: "Place:1"}}) {
            edges {
              node {
                place {
                  hazards(last: 2) {
                    edges {
                      node {
                        id
                        in: daysLeft
                        events(first: 1) { edges { node { hazard { again: daysLeft } } } }
                      }
                    }
                  }
                }
              }
            }
          }
          submissions(last: 2) {
            edges {
              node {
                subject {
                  ... on Place { about: hazards(last: 1) { edges { node { value: daysLeft } } } }
                }
              }
            }
          }
        }"""
    )

    assert found["hazard"] == {
        "daysLeft": -1,
        "left": -1,
        "dueAt": "2026-04-30T08:00:00.25+00:00",
    }
    assert found["closed"] == {
        "daysLeft": None,
        "dueAt": "2026-05-03T08:00:00.25+00:00",
        "status": "CLOSED",
    }
    assert found["unset"] == {"daysLeft": None, "dueAt": None}
    assert found["node"] == {"late": 2}
    assert found["nodes"] == [
        {"__typename": "Hazard", "daysLeft": 2},
        {"__typename": "Visit"},
        None,
        {"__typename": "Hazard", "daysLeft": -1},
    ]
    place = found["visits"]["edges"][0]["node"]["place"]
    assert [edge["node"] for edge in place["hazards"]["edges"]] == [
        {
            "id": "Hazard:23",
            "in": 2,
            "events": {"edges": [{"node": {"hazard": {"again": 2}}}]},
        },
        {
            "id": "Hazard:3",
            "in": 2,
            "events": {"edges": [{"node": {"hazard": {"again": 2}}}]},
        },
    ]
    assert [edge["node"]["subject"] for edge in found["submissions"]["edges"]] == [
        {"about": {"edges": [{"node": {"value": None}}]}},
        {"about": {"edges": [{"node": {"value": 2}}]}},
    ]


async def test_a_computed_value_and_a_plain_one_under_the_same_key(world: World) -> None:
    found = await world.data(
        """{
          submissions(filter: {under: "370114001003001"}, orderBy: SUBMITTED_AT_ASC) {
            edges {
              node {
                subject {
                  ... on Place {
                    rows: hazards(first: 1, orderBy: REPORTED_AT_ASC) {
                      edges { node { number: daysLeft } }
                    }
                  }
                  ... on Household {
                    rows: residents(first: 1) { edges { node { number: birthYear } } }
                  }
                  ... on Grid { rows: hazards(first: 1) { edges { node { number: daysLeft } } } }
                }
              }
            }
          }
        }"""
    )

    assert [edge["node"]["subject"] for edge in found["submissions"]["edges"]] == [
        {"rows": {"edges": [{"node": {"number": 2}}]}},
        {"rows": {"edges": [{"node": {"number": None}}]}},
        {"rows": {"edges": [{"node": {"number": 1938}}]}},
        {"rows": {"edges": [{"node": {"number": 3}}]}},
        {},
    ]


async def test_node_finds_what_has_an_id_and_nothing_else(world: World) -> None:
    query = "query($id: ID!) { node(id: $id) { __typename id } }"

    async def node(global_id: Any, **options: Any) -> Any:
        return (await world.data(query, id=global_id, **options))["node"]

    assert await node("FormVersion:1") == {"__typename": "FormVersion", "id": "FormVersion:1"}
    assert await node(f"Area:{STREET_A}") == {"__typename": "Area", "id": f"Area:{STREET_A}"}
    assert await node("HazardEvent:7") == {"__typename": "HazardEvent", "id": "HazardEvent:7"}
    # An entry of the journal, but about no hazard; and a department's event of another's hazard.
    assert await node("HazardEvent:1") is None
    assert await node("HazardEvent:7", actor=DEPARTMENT) is None
    assert await node("HazardEvent:61", actor=AGENCY) is None
    for none in (
        "",
        ":",
        "Hazard",
        "Hazard:",
        "Hazard:x",
        "Hazard:1x",
        "Hazard:-1",
        "Hazard:+1",
        "Hazard: 1",
        "Hazard:１",
        "Hazard:9223372036854775807",
        "Hazard:9223372036854775808",
        "Hazard:" + "1" * 5000,
        "hazard:1",
        "Nothing:1",
        "Query:1",
        "Entry:1",
        "Account:1",
        "String:1",
        "HazardConnection:1",
        "Hazard:1\0",
        1,
    ):
        assert await node(none) is None, none


async def test_ids_of_other_types_find_nothing(world: World) -> None:
    found = await world.data(
        """{
          hazard(id: "Place:1") { id }
          place(id: "1") { id }
          area(code: "370114001003001") { name }
          grid(code: "370114001") { name }
          form(name: "nothing") { id }
          version: form(name: "satisfaction", version: 2) { id }
        }"""
    )

    assert set(found.values()) == {None}


async def test_forms_in_the_language_that_is_asked_for(world: World) -> None:
    query = """{
      form(name: "satisfaction") {
        version kind subject plugin answersType retiredAt
        title chinese: title(lang: zh) english: title(lang: en)
        schema(lang: zh)
        uiSchema
      }
      forms(kind: RECORD, subject: GRID) { edges { node { title(lang: en) } } }
    }"""

    english = await world.data(query)
    chinese = await world.data(query, lang="zh")

    form = english["form"]
    schema, ui_schema = form.pop("schema"), form.pop("uiSchema")
    assert form == {
        "version": 1,
        "kind": "SURVEY",
        "subject": "HOUSEHOLD",
        "plugin": "satisfaction",
        "answersType": "SatisfactionV1",
        "retiredAt": None,
        "title": "Satisfaction and awareness survey",
        "chinese": "满意度和知晓率调查",
        "english": "Satisfaction and awareness survey",
    }
    assert chinese["form"]["title"] == "满意度和知晓率调查"
    assert schema["properties"]["hasContact"]["title"] == "您有网格员的电话或微信吗？"
    assert next(iter(schema["properties"])) == "livedHereOneYear"
    assert ui_schema["ui:order"][:2] == ["livedHereOneYear", "adult"]
    # Where a text has not been translated it comes in the language that there is.
    assert english["forms"] == {"edges": [{"node": {"title": "网格巡查记录"}}]}

"""Questions that both databases have to answer alike: one for each thing that the engine can do."""

from __future__ import annotations

from typing import Any

from tests.integration.graph.people import (
    AGENCY,
    AUDITOR,
    COMMUNITY,
    DEPARTMENT,
    NOWHERE,
    TWO_GRIDS,
    WORKER,
)

PAGE = "edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"

QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("{ viewer { name role scopes department } __typename }", {"actor": DEPARTMENT}),
    ('{ area(code: "370114001") { id code name nameEn level parent { code } boundary } }', {}),
    ('{ area(code: "370114002014") { path { code name level } } }', {}),
    ('{ area(code: "370000") { children { edges { node { name } } } grids { totalCount } } }', {}),
    (f"{{ areas(first: 3) {{ totalCount {PAGE} }} }}", {}),
    (f"{{ areas(last: 3, orderBy: CODE_DESC) {{ {PAGE} }} }}", {}),
    ('{ grid(code: "370114001003001") { code name kind community { name } boundary } }', {}),
    ("{ grids { edges { node { workers { edges { node { name duty } } } } } } }", {}),
    ("{ gridWorkers { edges { node { id name kind duty active grid { name } } } } }", {}),
    ("{ households { edges { node { address vacant lastVisitedAt grid { code } } } } }", {}),
    (f"{{ households(first: 2, orderBy: LAST_VISITED_AT_ASC) {{ {PAGE} }} }}", {}),
    (f"{{ households(first: 4, orderBy: LAST_VISITED_AT_DESC) {{ {PAGE} }} }}", {}),
    ("{ residents { edges { node { name phone idNumber birthYear gender careGroups } } } }", {}),
    ('{ residents(filter: {phone: {eq: "13812345678"}}) { totalCount } }', {}),
    ("{ residents { edges { node { household { residents { totalCount } } } } } }", {}),
    ("{ places { edges { node { name scheme category address location } } } }", {}),
    ("{ places { edges { node { responsiblePerson grid { code } } } } }", {"actor": AGENCY}),
    ("{ places { edges { node { submissions { totalCount } visits { totalCount } } } } }", {}),
    ("{ visits { edges { node { id clientId kind outcome visitedAt note } } } }", {}),
    ("{ visits { edges { node { household { address } place { name } worker { name } } } } }", {}),
    ("{ visits { edges { node { household { address } } } } }", {"actor": AUDITOR}),
    ("{ hazards(first: 9) { edges { node { id title description severity status } } } }", {}),
    ("{ hazards(last: 9) { edges { node { category department clientId revision } } } }", {}),
    ("{ hazards(first: 30) { edges { node { reportedAt dueAt closedAt daysLeft } } } }", {}),
    (f"{{ hazards(first: 5, orderBy: DUE_AT_ASC) {{ {PAGE} }} }}", {}),
    (f"{{ hazards(last: 15, orderBy: [DUE_AT_DESC, REPORTED_AT_ASC]) {{ {PAGE} }} }}", {}),
    (
        f"query($a: Cursor) {{ hazards(after: $a) {{ {PAGE} }} }}",
        {"a": "2026-04-29T08:00:00.25+00:00|31"},
    ),
    (
        f"query($b: Cursor) {{ hazards(last: 4, before: $b) {{ {PAGE} }} }}",
        {"b": "2026-04-29T08:00:00.25+00:00|31"},
    ),
    (
        "{ hazards(filter: {or: [{dueAt: {isNull: true}}, {severity: {in: [MINOR]}}], "
        "not: {status: {eq: CLOSED}}}) { totalCount } }",
        {},
    ),
    ('{ hazards(filter: {category: {startsWith: "E"}, under: "370114002"}) { totalCount } }', {}),
    (
        "{ hazards(first: 100) { edges { node { id reportedBy { name } } } } }",
        {"actor": DEPARTMENT},
    ),
    ("{ hazards(first: 100) { totalCount edges { node { id } } } }", {"actor": TWO_GRIDS}),
    ("{ hazards { totalCount edges { node { id } } pageInfo { endCursor } } }", {"actor": NOWHERE}),
    (
        "{ hazards(first: 8) { edges { node { events(last: 1) { edges { node { id kind occurredAt "
        "revision from to note cursor hazard { id } } } } } } } }",
        {"actor": COMMUNITY},
    ),
    ("{ hazardEvents(first: 90) { totalCount edges { cursor node { kind hazard { id } } } } }", {}),
    ("{ journalEnd hazardEvents(last: 1) { edges { cursor } } }", {"actor": AGENCY}),
    ('{ hazardEvents(after: "70", filter: {kind: [CLOSED]}) { edges { cursor } } }', {}),
    (
        "{ forms { edges { node { name version kind subject plugin hash answersType title } } } }",
        {},
    ),
    ('{ form(name: "gridRound") { schema uiSchema title(lang: en) } }', {"lang": "zh"}),
    (
        "{ submissions { edges { node { clientId submittedAt observedAt location answersJson score "
        "{ value max grade } } } } }",
        {"actor": WORKER},
    ),
    (
        "{ submissions { edges { node { subject { __typename ... on Node { id } } answers "
        "{ __typename ... on GridRoundV1 { stops { number seen talks { topic } } route { end } } "
        "... on NineSmallPlacesShopV1 { exitClear } } } } } }",
        {},
    ),
    (
        "{ submissions { edges { node { findings { rule path severity days department title remark "
        "hazard { title daysLeft } } hazards { totalCount } form { name } } } } }",
        {},
    ),
    (
        '{ node(id: "Submission:3") { ... on Submission { subject { ... on Household { address } } '
        "answers { ... on SatisfactionV1 { safetyProblems adult } } } } }",
        {},
    ),
    ('{ nodes(ids: ["Visit:1", "Nothing:1", "Finding:1", "Visit:99"]) { id __typename } }', {}),
    (
        '{ coverage(under: "370114", by: STREET, since: "2026-04-01T00:00:00Z") '
        "{ area { name } households visited attempted rate } }",
        {},
    ),
]

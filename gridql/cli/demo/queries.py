"""For each role a command to paste into a terminal, asking something that it is there for.

They are for a POSIX shell. What they ask about was made first of all, and so has the first ids.
"""

from __future__ import annotations

import json
import shlex
import sys
from typing import Any

from gridql import clock
from gridql.access.roles import Role
from gridql.cli.demo.roles import COMMUNITY, STREET

SHOP = "Place:1"
HOME = "Household:1"

QUERIES = {
    Role.DISTRICT: "{ hazards(first: 3, filter: {status: {eq: REPORTED}}, orderBy: [DUE_AT_ASC])"
    " { totalCount edges { node { title severity dueAt daysLeft department"
    " grid { name community { name parent { name } } } } } } }",
    Role.STREET: f'{{ area(code: "{STREET}") {{ name path {{ name }} children(first: 3)'
    " { totalCount edges { node { code name grids { totalCount } } } } } }",
    Role.COMMUNITY: "{ households(first: 3, filter: {vacant: {eq: false},"
    f' under: "{COMMUNITY}"}})'
    " { totalCount edges { node { address lastVisitedAt"
    " residents { edges { node { name phone idNumber careGroups } } } } } } }",
    Role.DEPARTMENT: "{ hazards(first: 3, filter: {status: {in: [DISPATCHED, RECTIFYING]}},"
    " orderBy: [DUE_AT_ASC]) { totalCount edges { node { title status severity dueAt"
    " extensionUntil place { name address } } } } }",
    Role.AUDITOR: "{ hazards(first: 3, filter: {status: {eq: CLOSED}}) { edges { node { title"
    " events { edges { node { kind occurredAt from to note } } } } } } }",
}

SUBMIT = (
    "mutation ($clientId: UUID!, $subjectId: ID!, $answers: NineSmallPlacesShopV1Input!)"
    " { submitForm(input: {clientId: $clientId, subjectId: $subjectId,"
    " answers: {nineSmallPlacesShopV1: $answers}})"
    " { submission { id score { value grade }"
    " hazards { edges { node { id title severity dueAt } } } } problems { path message } } }"
)

FOLLOW = (
    "subscription { hazardUpdates { cursor kind"
    " hazard { id title severity dueAt place { name address } } } }"
)

_FAULTS = ("exitClear", "extinguisherOk", "stockHeight")
_IN_ORDER = (
    *("fireLane", "windowBars", "exitCount", "shutterOpenable", "emergencyLight", "hydrantOk"),
    *("smokeAlarm", "aisleWidth", "flammableSmallGoods", "wiring", "freezerSocket"),
    *("powerOffAtClose", "hotWork", "decorMaterial", "storeroomSeparate", "flammables"),
    *("ebikeIndoor", "sleepingOnSite", "atticSleep", "responsiblePerson", "rulesPosted"),
    *("patrolLog", "staffKnowHow", "planAndDrill", "publicCommitment"),
)

# The connection is made and watched over by the library that the server itself uses.
_FOLLOWER = """\
{python} -c '
import json
from websockets.sync.client import connect
with connect("{address}/graphql", subprotocols=["graphql-transport-ws"]) as socket:
    def send(**message): socket.send(json.dumps(message))
    send(type="connection_init", payload={{"authorization": "Bearer {token}"}})
    print(socket.recv())
    query = "{query}"
    send(type="subscribe", id="1", payload={{"query": query}})
    for message in socket: print(message, flush=True)
'"""

NOTES = {
    Role.GRID_WORKER: "Hands in a checklist of a shop with three things that are not in order. "
    "Pasted again, it gives the first submission.",
    Role.AGENCY: "Follows the hazards of the street until Ctrl-C: leave it running, and paste the "
    "command of GRID_WORKER in another terminal.",
}


def command(role: Role, address: str, token: str) -> str:
    """The command of `role`, for the server at `address`."""
    if role is Role.AGENCY:
        return _FOLLOWER.format(
            python=shlex.quote(sys.executable),
            address=address.replace("http", "ws", 1),
            token=token,
            query=FOLLOW,
        )
    if role is Role.GRID_WORKER:
        return _curl(address, token, {"query": SUBMIT, "variables": _checklist()})
    return _curl(address, token, {"query": QUERIES[role]})


def _checklist() -> dict[str, Any]:
    answers = dict.fromkeys(_FAULTS, "NOT_OK") | dict.fromkeys(_IN_ORDER, "OK")
    return {"clientId": str(clock.new_uuid()), "subjectId": SHOP, "answers": answers}


def _curl(address: str, token: str, body: dict[str, Any]) -> str:
    # A member on each line; no text in it has an apostrophe, which would end the quotation.
    members = ",\n  ".join(
        f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
        for name, value in body.items()
    )
    return (
        f"curl -s {address}/graphql -H 'Content-Type: application/json' \\\n"
        f"  -H 'Authorization: Bearer {token}' -d '{{\n  {members}}}'"
    )

"""Mutations as devices send them, and what they leave behind."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise.models import Model

from gridql.access.roles import Actor
from gridql.domain.hazards.models import Hazard, HazardPart
from gridql.domain.people.models import Household
from gridql.domain.submissions.models import Finding, Submission
from gridql.domain.visits.models import Visit
from gridql.journal.models import Entry
from tests.integration.graph.people import WORKER
from tests.integration.graph.world import World

DEVICE_ID = str(UUID(int=9001))

RECORD = """
mutation($input: RecordVisitInput!) {
  recordVisit(input: $input) {
    visit { id kind outcome visitedAt note worker { name } grid { code } }
    problems { code path message }
  }
}
"""
REPORT = """
mutation($input: ReportHazardInput!) {
  reportHazard(input: $input) {
    hazard {
      id title description severity status category department reportedAt dueAt revision
      place { name } grid { code } reportedBy { name }
    }
    problems { code path message }
  }
}
"""
CLOSE = """
mutation($input: CloseHazardInput!) {
  closeHazard(input: $input) {
    hazard { id status closedAt revision events { edges { node { kind from to note revision } } } }
    problems { code path message }
  }
}
"""
SUBMIT = """
mutation($input: SubmitFormInput!) {
  submitForm(input: $input) {
    submission {
      id
      clientId
      subject { __typename ... on Node { id } }
      answers { __typename }
      findings { rule hazard { id } }
      score { value grade }
      worker { name }
    }
    problems { code path message }
  }
}
"""

VERB = """
mutation($input: {input}!) {
  {name}(input: $input) {
    hazard {
      id status severity level urgency department dueAt extensionUntil returns revision closedAt
      dispatchedAt rectifiedAt mergedInto { id }
      parts {
        department part signInDueAt signedInAt contactDueAt contactedAt attendDueAt attendedAt
      }
    }
    problems { code path message }
  }
}
"""

PHOTO = {"uri": "https://files.example/1.jpg", "sha256": "ab" * 32}

TABLES: tuple[type[Model], ...] = (Visit, Hazard, Submission, Finding, Entry)


async def send(world: World, mutation: str, input: dict[str, Any], **options: Any) -> Any:
    """The payload of a mutation; as the worker of grid 1 unless said otherwise."""
    options = {"actor": WORKER, **options}
    data = await world.data(mutation, input=input, **options)
    (payload,) = data.values()
    return payload


async def refused(world: World, mutation: str, input: dict[str, Any], **options: Any) -> list[Any]:
    """The problems of a mutation, as code, path and message, that changed nothing at all.

    Only with STALE it shows the thing: as it is now.
    """
    before = await state()
    payload = await send(world, mutation, input, **options)
    assert await state() == before
    (thing,) = (value for key, value in payload.items() if key != "problems")
    stale = any(each["code"] == "STALE" for each in payload["problems"])
    assert (thing is not None) is stale
    return [(each["code"], each["path"], each["message"]) for each in payload["problems"]]


async def act(world: World, actor: Actor, verb: str, hazard: int, **input: Any) -> Any:
    """The payload of a verb of that name (as the mutation) about a hazard."""
    text = VERB.replace("{name}", verb).replace("{input}", f"{verb[0].upper()}{verb[1:]}Input")
    lang = input.pop("lang", "en")
    return await send(
        world, text, {"hazardId": f"Hazard:{hazard}", **input}, actor=actor, lang=lang
    )


async def done(world: World, actor: Actor, verb: str, hazard: int, **input: Any) -> Any:
    """The hazard after a verb that was carried out."""
    payload = await act(world, actor, verb, hazard, **input)
    assert payload["problems"] == []
    return payload["hazard"]


async def told(
    world: World, actor: Actor, verb: str, hazard: int, **input: Any
) -> list[tuple[str, str | None, str]]:
    """Why a verb was not carried out; nothing at all has changed."""
    before = await rows()
    payload = await act(world, actor, verb, hazard, **input)
    assert await rows() == before
    return [(each["code"], each["path"], each["message"]) for each in payload["problems"]]


async def rows() -> list[Any]:
    """All hazards, the departments beside, and the journal."""
    return [await table.all().order_by("id").values() for table in (Hazard, HazardPart, Entry)]


async def changes(hazard: int) -> list[tuple[str, str | None, str | None, Any]]:
    """What the journal says of a hazard since the world was settled: kind, from, to, changes."""
    found = Entry.filter(subject_type="Hazard", subject_id=hazard, id__gt=LAST_ENTRY)
    return [
        (each.kind, each.from_state, each.to_state, each.changes)
        for each in await found.order_by("id")
    ]


async def state() -> dict[str, Any]:
    """How many rows there are of everything, and when each household was last visited."""
    counts: dict[str, Any] = {table.__name__: await table.all().count() for table in TABLES}
    rows = await Household.all().order_by("id").values_list("last_visited_at", flat=True)
    return counts | {"visited": rows}


async def entries(after: int) -> list[tuple[Any, ...]]:
    """What the journal says since the entry with that number."""
    rows = Entry.filter(id__gt=after).order_by("id")
    return [
        (row.subject_type, row.subject_id, row.kind, row.grid_code, row.actor_role, row.to_state)
        for row in await rows
    ]


LAST_ENTRY = 95
"""Of those that the world was settled with."""

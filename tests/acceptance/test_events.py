"""Server-sent events of the journal: the cursor stands in every id, and a broken stream resumes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from gridql.access.roles import Role
from tests.acceptance.callers import PATIENCE_S, Caller
from tests.acceptance.shop import REPORT, UPDATES
from tests.acceptance.town import Street, Town


class Events:
    """A stream as a client reads it, with the last id that it has seen."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()
        self.last_id: str | None = None

    async def take(self, count: int) -> list[Any]:
        """The next `count` updates."""
        found: list[Any] = []
        async with asyncio.timeout(PATIENCE_S):
            while len(found) < count:
                kind, data = await self._next()
                if kind == "next":
                    found.append(data["data"]["hazardUpdates"])
        return found

    async def until_begun(self) -> str:
        """The cursor behind which the stream begins."""
        async with asyncio.timeout(PATIENCE_S):
            while self.last_id is None:
                await self._next()
        return self.last_id

    async def _next(self) -> tuple[str, Any]:
        kind, data = "", ""
        async for line in self._lines:
            if not line:
                return kind, json.loads(data or "null")
            name, _, value = line.partition(": ")
            if name == "id":
                self.last_id = value
            elif name == "event":
                kind = value
            elif name == "data":
                data = value
        raise EOFError


@asynccontextmanager
async def following(
    town: Town, caller: Caller, last_id: str | None = None, **variables: Any
) -> AsyncIterator[Events]:
    headers = {**caller.headers, "Accept": "text/event-stream"}
    if last_id is not None:
        headers["Last-Event-ID"] = last_id
    body = {"query": UPDATES, "variables": variables}
    async with town.http.stream("POST", "/graphql", json=body, headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        yield Events(response)


def wire(street: Street, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "severity": "SERIOUS",
        "category": "ELECTRICAL",
        "gridCode": street.grid,
    }


async def test_a_stream_resumes_behind_the_last_id(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)
    agency = await town.someone(Role.AGENCY, street.code)

    async with following(town, agency) as events:
        await events.until_begun()
        for title in ("一", "二", "三"):
            await worker.do(REPORT, **wire(street, title))
        told = await events.take(2)
        last_id = events.last_id
    assert [each["hazard"]["title"] for each in told] == ["一", "二"]
    assert last_id == told[-1]["cursor"]

    # What the browser sends counts, and not what the page has asked for in the beginning.
    async with following(town, agency, last_id, after=told[0]["cursor"]) as events:
        [third] = await events.take(1)
        await worker.do(REPORT, **wire(street, "四"))
        [fourth] = await events.take(1)

    assert [third["hazard"]["title"], fourth["hazard"]["title"]] == ["三", "四"]


async def test_a_stream_that_has_told_nothing_yet_resumes_where_it_began(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)
    agency = await town.someone(Role.AGENCY, street.code)

    async with following(town, agency) as events:
        began = await events.until_begun()
    await worker.do(REPORT, **wire(street, "当时没有人听"))
    async with following(town, agency, began) as events:
        [missed] = await events.take(1)

    assert missed["hazard"]["title"] == "当时没有人听"


async def test_a_last_id_that_is_no_cursor_is_told(town: Town) -> None:
    agency = await town.someone(Role.AGENCY, (await town.street()).code)

    for last_id, code in (("banana", "INVALID"), ("999999999", "CURSOR_EXPIRED")):
        headers = {**agency.headers, "Accept": "text/event-stream", "Last-Event-ID": last_id}
        answer = await town.http.post("/graphql", json={"query": UPDATES}, headers=headers)

        event, data = answer.text.split("\n")[:2]
        assert event == "event: next"
        [error] = json.loads(data.removeprefix("data: "))["errors"]
        assert error["extensions"]["code"] == code

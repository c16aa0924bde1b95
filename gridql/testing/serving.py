"""A server in memory: the real application over a temporary SQLite file, asked by httpx."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from gridql import settings
from gridql.access import accounts, tokens
from gridql.access.roles import Role
from gridql.database import connect, migrate
from gridql.domain.areas.models import Area, Grid
from gridql.domain.areas.rules import AreaLevel
from gridql.domain.people.models import Household, Resident
from gridql.domain.places.models import Place
from gridql.domain.workers.models import GridWorker
from gridql.domain.workers.rules import WorkerKind
from gridql.forms.document import form_files
from gridql.forms.version import SubjectKind
from gridql.server.app import assemble
from gridql.server.opening import opened
from gridql.server.parts import Parts
from gridql.settings import Settings

STREET, COMMUNITY, GRID = "370114001", "370114001001", "370114001001001"
DISTRICT = "370114"
_SCOPES = {
    Role.STREET: STREET,
    Role.COMMUNITY: COMMUNITY,
    Role.GRID_WORKER: GRID,
}

_SUBMIT = """
mutation Submit($input: SubmitFormInput!) {
  submitForm(input: $input) {
    submission {
      id
      answersJson
      findings { rule path severity category days department title remark }
      score { value max grade }
      hazards(first: 100) { edges { node { id title severity dueAt } } }
    }
    problems { code path message }
  }
}
"""


class Server:
    """A running server with the plugin in it."""

    def __init__(self, portal: BlockingPortal, parts: Parts, subjects: dict[SubjectKind, str]):
        self._portal = portal
        self._transport = _InMemory(portal, parts)
        self._parts = parts
        self._subjects = subjects
        self._clients: dict[Role, httpx.Client] = {}

    def client(self, role: str = "GRID_WORKER") -> httpx.Client:
        """An httpx client with a token for `role`: `client().post("/graphql", json=…)`.

        The grid worker's is for the one grid that there is, others for the areas around it.
        """
        asked = Role(role)
        if asked not in self._clients:
            token = self._portal.call(_token, asked)
            headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
            self._clients[asked] = httpx.Client(
                transport=self._transport, base_url="http://gridql.test", headers=headers
            )
        return self._clients[asked]

    def ask(self, query: str, role: str = "GRID_WORKER", **variables: Any) -> Any:
        """The data that an operation answers with; fails where it answers with errors."""
        body = {"query": query, "variables": variables}
        answer = self.client(role).post("/graphql", json=body).json()
        if "errors" in answer:
            pytest.fail(json.dumps(answer["errors"], ensure_ascii=False, indent=2))
        return answer["data"]

    def submit(
        self, form: str, answers: Any, version: int | None = None, role: str | None = None
    ) -> Any:
        """Hand in answers about the one subject that fits the form; the payload of `submitForm`.

        `submission` has findings, score and hazards; it is null where there are `problems`.
        """
        published = self._parts.services.library.get(form, version)
        if published is None:
            pytest.fail(f"there is no form {form} {version or ''}")
        kind = published.form.subject
        given = {"form": form, "version": published.form.version, "answers": answers}
        default = "COMMUNITY" if kind is SubjectKind.AREA else "GRID_WORKER"
        answered = self.ask(
            _SUBMIT,
            role or default,
            input={
                "clientId": str(uuid4()),
                "subjectId": self.subject(kind.value),
                "answers": {"json": given},
            },
        )
        return answered["submitForm"]

    def subject(self, kind: str) -> str:
        """The global id of the one PLACE, HOUSEHOLD, RESIDENT, GRID or AREA."""
        return self._subjects[SubjectKind(kind)]


@contextmanager
def serving(plugin: Path, folder: Path) -> Iterator[Server]:
    """A server with the plugin in the folder `plugin`, that keeps what it has in `folder`."""
    chosen = settings.load(
        environ={},
        folder=folder,
        data_dir=folder / "gridql",
        plugins_dir=_published(plugin, folder / "plugins"),
        plugins_allow=[plugin.name],
        plugins_watch=False,
    )
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        running = portal.wrap_async_context_manager(_running(chosen))
        parts, subjects = stack.enter_context(running)
        for out in parts.services.plugins.quarantined:
            lines = [out.reason, *map(str, out.faults), out.traceback or ""]
            pytest.fail("\n".join(lines), pytrace=False)
        yield Server(portal, parts, subjects)


def _published(plugin: Path, folder: Path) -> Path:
    """A folder with a copy of the plugin whose forms are no drafts any more."""
    copy = folder / plugin.name
    shutil.copytree(plugin, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "tests"))
    for path in form_files(copy / "forms"):
        form = json.loads(path.read_bytes())
        if form.pop("draft", False):
            path.write_text(json.dumps(form, ensure_ascii=False), encoding="utf-8")
    return folder


@asynccontextmanager
async def _running(chosen: Settings) -> AsyncIterator[tuple[Parts, dict[SubjectKind, str]]]:
    chosen.data_dir.mkdir()
    database = await connect(chosen.database_url, read_connections=1)
    try:
        await migrate(database)
    finally:
        await database.close()
    async with opened(chosen) as parts:
        yield parts, await _settled()


async def _settled() -> dict[SubjectKind, str]:
    """One of everything that a form can be about."""
    await Area.create(code=DISTRICT, name="示例区", level=AreaLevel.DISTRICT)
    await Area.create(code=STREET, name="示例街道", level=AreaLevel.STREET, parent_id=DISTRICT)
    await Area.create(code=COMMUNITY, name="示例社区", level=AreaLevel.COMMUNITY, parent_id=STREET)
    await Grid.create(code=GRID, name="第一网格", community_id=COMMUNITY)
    place = await Place.create(
        name="示例商店",
        scheme="nine-small-places-2018",
        category="N01",
        address="示例路 1 号",
        grid_id=GRID,
    )
    home = await Household.create(address="示例路 2 号 301", grid_id=GRID)
    resident = await Resident.create(
        household_id=home.id, name="示例居民", care_groups=[], seal_id=uuid4(), grid_id=GRID
    )
    return {
        SubjectKind.PLACE: f"Place:{place.id}",
        SubjectKind.HOUSEHOLD: f"Household:{home.id}",
        SubjectKind.RESIDENT: f"Resident:{resident.id}",
        SubjectKind.GRID: f"Grid:{GRID}",
        SubjectKind.AREA: f"Area:{COMMUNITY}",
    }


async def _token(role: Role) -> str:
    department = "FIRE" if role is Role.DEPARTMENT else None
    account = await accounts.register("测试", role, [_SCOPES.get(role, DISTRICT)], department)
    if role is Role.GRID_WORKER:
        await GridWorker.create(
            name="测试", kind=WorkerKind.FULL_TIME, account=account, grid_id=GRID
        )
    return await tokens.create(account, "test")


class _InMemory(httpx.BaseTransport):
    """Carries requests of httpx to the application, which runs in another thread."""

    def __init__(self, portal: BlockingPortal, parts: Parts) -> None:
        app = assemble(_never)

        async def with_parts(scope: Scope, receive: Receive, send: Send) -> None:
            # What serving puts there when its lifespan begins.
            await app({**scope, "state": {"parts": parts}}, receive, send)

        self._portal = portal
        self._carrier = httpx.ASGITransport(with_parts)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of the application."""
        return self._portal.call(partial(self._carry, request))

    async def _carry(self, request: httpx.Request) -> httpx.Response:
        answer = await self._carrier.handle_async_request(request)
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=await answer.aread()
        )


@asynccontextmanager
async def _never(app: Starlette) -> AsyncIterator[NoReturn]:
    raise AssertionError("the parts are opened already")
    yield

"""A folder full of plugins that mean harm: the server is up, says why each is out, calls nobody."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from gridql.access import accounts, tokens
from gridql.access.roles import Role
from gridql.database import connect
from gridql.domain.areas.models import Area, Grid
from gridql.domain.areas.rules import AreaLevel
from gridql.forms.library import Library
from gridql.hooks import discover
from gridql.journal.models import Entry
from gridql.server.app import assemble
from gridql.server.opening import opened
from gridql.server.serving import listen
from gridql.settings import load
from tests.integration.server.trial import holding, serving

HOST = "127.0.0.1"
GRID = "370114001001001"

PLUGINS = "{ plugins { name state reason faults { pointer reason } } }"

SUBMIT = """
mutation Submit($input: SubmitFormInput!) {
  submitForm(input: $input) {
    submission { findings { rule } }
    problems { code path message }
  }
}
"""

BACKTRACKING = "^(a+)+$"


class Calls:
    """Whoever this process tries to reach, by address or by name: refused, but for its own port."""

    def __init__(self) -> None:
        self.made: list[Any] = []
        self.port = 0
        self.on = True
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on or event not in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
            return
        whom = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
        if whom not in (HOST, (HOST, self.port)):
            self.made.append(whom)
            raise ConnectionRefusedError(f"nobody is called here, and not {whom}")


@pytest.fixture
def calls() -> Iterator[Calls]:
    """What is called from here on; nothing can take the ear off again, so it is made deaf."""
    calls = Calls()
    yield calls
    calls.on = False


@pytest.fixture
async def token(migrated_url: str) -> AsyncIterator[str]:
    """A token for the district, in a database with one grid."""
    database = await connect(migrated_url)
    try:
        await Area.create(code=GRID[:6], name="章丘区", level=AreaLevel.DISTRICT)
        await Area.create(
            code=GRID[:9], name="明水街道", level=AreaLevel.STREET, parent_id=GRID[:6]
        )
        await Area.create(
            code=GRID[:12], name="眼明泉社区", level=AreaLevel.COMMUNITY, parent_id=GRID[:9]
        )
        await Grid.create(code=GRID, name="第一网格", community_id=GRID[:12])
        account = await accounts.register("李敏", Role.DISTRICT, [GRID[:6]])
        yield await tokens.create(account, "test")
    finally:
        await database.close()


def form(name: str, questions: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A small form."""
    asked = questions or {"note": {"title": "备注", "type": "string"}}
    return {
        "name": name,
        "version": 1,
        "kind": "RECORD",
        "subject": "GRID",
        "title": "记录",
        "schema": {"type": "object", "properties": asked},
        **more,
    }


def write(folder: Path, plugin: str, *forms: dict[str, Any], code: str | None = None) -> None:
    """Write a plugin."""
    (folder / plugin / "forms").mkdir(parents=True)
    for document in forms:
        path = folder / plugin / "forms" / f"{document['name']}.json"
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    if code is not None:
        (folder / plugin / "plugin.py").write_text(code, encoding="utf-8")


def hook(body: str) -> str:
    """Code with a hook that does `body`."""
    return (
        "import time\nfrom gridql.plugin import hookimpl\n"
        f"@hookimpl\ndef findings(form, answers):\n    {body}\n"
    )


def hostile(folder: Path, url: str) -> None:
    """All that a folder can hold against a server; remote references lead to `url`."""
    write(folder, "good", form("good", {"word": {"title": "词", "type": "string"}}))
    pattern = {"type": "string", "title": "词", "pattern": BACKTRACKING}
    write(folder, "slow_pattern", form("slowPattern", {"word": pattern}))
    look_around = {"type": "string", "title": "词", "pattern": r"^(a+)+(?=b)\1$"}
    write(folder, "bad_pattern", form("badPattern", {"word": look_around}))
    inner = {"type": "object", "properties": {"inner": {"$ref": "#/$defs/inner"}}}
    recursive = form("recursive", {"inner": {"$ref": "#/$defs/inner"}})
    recursive["schema"]["$defs"] = {"inner": inner}
    write(folder, "recursive", recursive)
    remote = form("remote", {"far": {"$ref": f"{url}/far.json#/$defs/x"}})
    remote["schema"] |= {"$id": f"{url}/base.json", "$schema": f"{url}/meta.json"}
    write(folder, "remote", remote, form("local", {"file": {"$ref": "file:///etc/passwd"}}))
    write(folder, "huge", form("huge", description="大" * 3_400_000))
    write(folder, "broken_code", code="import no_such_module_anywhere")
    write(folder, "exits", code="import sys; sys.exit(1)")
    write(folder, "raises", code=hook("raise RuntimeError('secret')"))
    write(folder, "hangs", code=hook("time.sleep(3600)"))
    write(folder, "spins", code=hook("while True: pass"))
    write(folder, "satisfaction", form("another"))
    write(folder, "rewritten", form("rewritten", title="改过的"))
    write(folder, "takes_a_name", form("hazard", version=1), form("good", version=1))


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_folder_of_hostile_plugins(
    database_url: str, token: str, tmp_path: Path, calls: Calls
) -> None:
    published = tmp_path / "published"
    write(published, "rewritten", form("rewritten"))
    assert await Library().publish(discover(bundled_dir=published).forms()) == ()
    folder = tmp_path / "plugins"
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    with closing(listen(HOST, 0)) as trap:
        trap.setblocking(False)
        hostile(folder, f"http://{HOST}:{trap.getsockname()[1]}")
        settings = load({}, tmp_path, data_dir=tmp_path, database_url=database_url)

        begun = time.monotonic()
        async with opened(settings) as parts, serving(assemble(holding(parts))) as port:
            calls.port = port
            async with httpx.AsyncClient(
                base_url=f"http://{HOST}:{port}", headers=headers, trust_env=False
            ) as http:

                async def ask(query: str, **variables: Any) -> Any:
                    body = {"query": query, "variables": variables}
                    answer = (await http.post("/graphql", json=body)).json()
                    assert "errors" not in answer, answer
                    return answer["data"]

                async def submit(**answers: Any) -> Any:
                    given = {"clientId": str(uuid4()), "subjectId": f"Grid:{GRID}"}
                    return (await ask(SUBMIT, input={**given, "answers": answers}))["submitForm"]

                taken = await submit(goodV1={"word": "好"})
                judged = await submit(slowPatternV1={"word": "a" * 100_000 + "!"})
                listed = {each["name"]: each for each in (await ask(PLUGINS))["plugins"]}
                took_s = time.monotonic() - begun
                health = await http.get("/readyz")
            entry = await Entry.filter(subject_type="Submission").first()
        with pytest.raises(BlockingIOError):
            trap.accept()

    assert took_s < 5
    assert calls.made == []
    assert health.status_code == 200
    assert taken == {"submission": {"findings": []}, "problems": []}
    assert [problem["path"] for problem in judged["problems"]] == ["/answers/slowPatternV1/word"]
    own = {name: each for name, each in listed.items() if each["state"] != "IN"}
    assert {name: each["reason"] for name, each in own.items()} == {
        "bad_pattern": "1 fault(s) in its forms",
        "recursive": "1 fault(s) in its forms",
        "remote": "4 fault(s) in its forms",
        "huge": "1 fault(s) in its forms",
        "broken_code": (
            "it raised ModuleNotFoundError(\"No module named 'no_such_module_anywhere'\")"
        ),
        "exits": "it raised SystemExit(1)",
        "raises": "the hook `findings` raised RuntimeError('secret')",
        "hangs": "its hooks took longer than 1 s (plugins_hook_timeout_s)",
        "spins": "its hooks took longer than 1 s (plugins_hook_timeout_s)",
        "satisfaction": own["satisfaction"]["reason"],
        "rewritten": (
            "version 1 of rewritten was published with other words: "
            "a published version never changes, so make it version 2"
        ),
        "takes_a_name": "version 1 of the form good is there twice",
    }
    assert own["satisfaction"]["reason"].startswith("there is a plugin 'satisfaction' already")
    assert own["huge"]["faults"] == [{"pointer": "", "reason": "it is larger than 1 MB"}]
    assert own["bad_pattern"]["faults"][0]["pointer"] == "/schema/properties/word/pattern"
    assert {"slow_pattern", "good"} <= listed.keys() - own.keys()
    # Whoever mends them knows which answers to look through again.
    assert entry is not None
    assert set(entry.changes["unheard"]) == {
        "broken_code",
        "exits",
        "raises",
        "hangs",
        "spins",
    }


def test_the_ear_hears(calls: Calls) -> None:
    with socket.socket() as one, pytest.raises(ConnectionRefusedError, match="nobody is called"):
        one.connect((HOST, 1))
    with pytest.raises(ConnectionRefusedError, match="nobody is called"):
        socket.getaddrinfo("example.invalid", 80)

    assert calls.made == [(HOST, 1), "example.invalid"]

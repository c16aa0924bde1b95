"""Only the documents of a manifest are served: the documentation's examples, asked by hash."""

from __future__ import annotations

import json
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from gridql.access.roles import Role
from tests.acceptance.callers import Caller, Follower
from tests.acceptance.processes import Installation
from tests.acceptance.town import town_of

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.graphql"))
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in EXAMPLES}

# As the Relay compiler 20 and Apollo's generator 1.4 have written them for this schema.
OF_RELAY = {
    "4427a4174af6e00e4df8f8a9563d7eb1": "query ViewerQuery {\n  viewer {\n    name\n    "
    "...Viewer_role\n  }\n}\n\nfragment Viewer_role on Viewer {\n  role\n}\n"
}
OF_APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [
        {
            "id": "8db0354e7e5f51c8af43e81a91d3e9e83f346b7d44f72f05731123a542058d7d",
            "name": "Viewer",
            "type": "query",
            "body": "query Viewer {\n  viewer {\n    ...V\n    __typename\n  }\n}\n\n"
            "fragment V on Viewer {\n  name\n  role\n  __typename\n}",
        }
    ],
}


def by_md5(text: str) -> str:
    return md5(text.encode()).hexdigest()


def by_sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    return tmp_path / "documents.json"


def write(path: Path, content: Any) -> str:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return str(path)


async def asked(http: httpx.AsyncClient, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    response = await http.post("/graphql", json=members, headers=caller.headers)
    found: dict[str, Any] = response.json()
    return found


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer["errors"]]


async def test_the_examples_by_hash(installation: Installation, manifest: Path) -> None:
    file = write(manifest, {by_md5(text): text for text in TEXTS.values()})

    with installation.serving("--trusted-documents", file) as server:
        async with town_of(server.url, installation.database_url) as town:
            street = await town.street()
            district = await town.someone(Role.DISTRICT, "370114")
            path = {"documentId": by_md5(TEXTS["area-path"]), "variables": {"code": street.code}}
            read = await asked(town.http, district, path)
            got = await town.http.get(
                "/graphql",
                params={
                    "documentId": f"sha256:{by_sha256(TEXTS['area-path'])}",
                    "variables": json.dumps({"code": street.community}),
                },
                headers=district.headers,
            )
            by_text = await asked(town.http, district, {"query": TEXTS["form"], "variables": {}})
            free = await asked(town.http, district, {"query": "{ viewer { name } }"})
            unknown = await asked(town.http, district, {"id": by_md5("{ viewer { name } }")})
            async with district.socket(district.headers) as socket:
                follower = Follower(socket)
                await follower.say({"type": "connection_init"})
                await follower.hear()
                follow = {"id": by_md5(TEXTS["hazard-updates"])}
                await follower.say({"id": "1", "type": "subscribe", "payload": follow})
                asking = {"query": "", **path}
                await follower.say({"id": "2", "type": "subscribe", "payload": asking})
                on_socket = await follower.hear()
            home = await town.http.get("/")
            sdl = await town.http.get("/schema.graphql")

    assert read["data"]["area"]["name"] == "明水街道"
    assert read["data"]["area"]["path"] == [
        {"code": "370114", "name": "章丘区"},
        {"code": street.code, "name": "明水街道"},
    ]
    assert got.json()["data"]["area"]["name"] == "眼明泉社区"
    assert by_text["errors"][0]["message"].startswith("Variable '$name' has invalid value")
    assert codes(free) == ["DOCUMENT_NOT_TRUSTED"]
    assert codes(unknown) == ["PERSISTED_QUERY_NOT_FOUND"]
    assert (on_socket["id"], on_socket["payload"]["data"]) == ("2", read["data"])
    assert (home.status_code, sdl.status_code) == (200, 200)


@pytest.mark.parametrize(
    ("content", "members"),
    [
        (OF_RELAY, {"doc_id": "4427a4174af6e00e4df8f8a9563d7eb1", "variables": {}}),
        (
            OF_APOLLO,
            {
                "operationName": "Viewer",
                "variables": {},
                "extensions": {
                    "clientLibrary": {"name": "@apollo/client", "version": "3.14.0"},
                    "persistedQuery": {
                        "version": 1,
                        "sha256Hash": OF_APOLLO["operations"][0]["id"],  # type: ignore[index]  # JSON, a list here
                    },
                },
            },
        ),
    ],
    ids=["relay", "apollo"],
)
async def test_what_the_compilers_write_and_the_clients_send(
    installation: Installation, manifest: Path, content: Any, members: dict[str, Any]
) -> None:
    setting = f'trusted_documents = "{manifest.name}"\n'
    (installation.folder / "gridql.toml").write_text(setting, encoding="utf-8")
    write(manifest, content)

    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            agency = await town.someone(Role.AGENCY, "370114")
            answer = await asked(town.http, agency, members)

    viewer = answer["data"]["viewer"]
    assert (viewer["name"], viewer["role"]) == ("李敏", "AGENCY")


def test_everything_that_is_wrong_stops_the_start(
    installation: Installation, manifest: Path
) -> None:
    write(
        manifest,
        {
            by_md5("{ viewer { name } }"): "{ viewer { role } }",
            "misspelt": "query A {\n  viewer {\n    nmae\n  }\n}",
            "broken": "{ viewer {",
            "deep": "{ viewer " + "{ a " * 15 + "}" * 16,
            "dear": "{ areas(first: 100) { edges { node { grids(first: 100) "
            "{ edges { node { code } } } } } } }",
            "good": "{ viewer { name } }",
        },
    )

    served = installation.run("serve", "--trusted-documents", str(manifest))

    assert served.returncode == 1
    assert [line.strip() for line in served.stderr.strip().splitlines()] == [
        f"error: the trusted documents in {manifest} are wrong:",
        f"{by_md5('{ viewer { name } }')}: is not the hash of its document, which is "
        f"{by_md5('{ viewer { role } }')}",
        "misspelt: Cannot query field 'nmae' on type 'Viewer'. Did you mean 'name'? (line 3)",
        "broken: Syntax Error: Expected Name, found <EOF>. (line 1)",
        "deep: The operation's depth is 16, and may be 15 at most.",
        "dear: The operation's cost is 20301, and may be 5000 at most.",
    ]


def test_a_manifest_that_is_not_there_stops_the_start(
    installation: Installation, manifest: Path
) -> None:
    served = installation.run("serve", "--trusted-documents", str(manifest))

    assert served.returncode == 1
    assert f"trusted documents: {manifest}: cannot be read: No such file" in served.stderr

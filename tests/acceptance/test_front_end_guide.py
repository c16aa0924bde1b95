"""The guide for front-end teams, tried out: what it sends is answered as it says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gridql.access.roles import Role
from tests.acceptance.callers import Caller
from tests.acceptance.processes import Installation
from tests.acceptance.town import town_of

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "front-end.md").read_text(encoding="utf-8")
EXCHANGE = re.compile(r"```json request\n(.*?)```\n\n```json response\n(.*?)```", re.DOTALL)
NETWORK_LAYER = re.compile(r"^   ```js\n(.*?)^   ```", re.DOTALL | re.MULTILINE)

VIEWER = "query ViewerQuery {\n  viewer {\n    role\n  }\n}\n"


async def test_what_is_sent_is_answered_as_it_says(installation: Installation) -> None:
    exchanges = [(json.loads(sent), json.loads(told)) for sent, told in EXCHANGE.findall(GUIDE)]

    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            caller = await town.someone(Role.DISTRICT, "370114")
            answers = [
                (await town.http.post("/graphql", json=sent, headers=caller.headers)).json()
                for sent, _ in exchanges
            ]

    assert len(answers) == 2
    assert answers == [told for _, told in exchanges]


@pytest.mark.skipif(shutil.which("node") is None, reason="JavaScript runs in Node.js")
async def test_the_network_layer_for_relay(installation: Installation, tmp_path: Path) -> None:
    (network_layer,) = NETWORK_LAYER.findall(GUIDE)
    document_id = sha256(VIEWER.encode()).hexdigest()
    manifest = tmp_path / "persisted_queries.json"
    manifest.write_text(json.dumps({document_id: VIEWER}), encoding="utf-8")

    with installation.serving("--trusted-documents", str(manifest)) as server:
        async with town_of(server.url, installation.database_url) as town:
            caller = await town.someone(Role.DISTRICT, "370114")
            by_hash = run(network_layer, server.url, caller, {"id": document_id, "text": None})
            by_text = run(network_layer, server.url, caller, {"id": None, "text": VIEWER})
            unknown = run(network_layer, server.url, caller, {"id": "0" * 64, "text": None})

    assert by_hash["data"] == by_text["data"] == {"viewer": {"role": "DISTRICT"}}
    assert unknown["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


def run(network_layer: str, address: str, caller: Caller, operation: dict[str, Any]) -> Any:
    """What the guide's function gives for an operation as the Relay compiler describes it."""
    script = (
        f"const address = {json.dumps(address)}, token = {json.dumps(caller.token)};\n"
        f"{network_layer}\n"
        f"fetchQuery({json.dumps(operation)}, {{}})"
        ".then(answer => console.log(JSON.stringify(answer)));\n"
    )
    ended = subprocess.run(
        ["node", "--input-type=module"],
        input=script,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)

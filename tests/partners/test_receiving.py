"""The receivers of docs/partners.md: every event once, in order, and only what was signed."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from gridql.domain.agencies.signatures import sign
from tests.acceptance.processes import Installation
from tests.acceptance.walkthrough import blocks
from tests.partners.kit import GUIDE, Partner, Program, running
from tests.partners.sandbox import Sandbox, free_port

TRIED_EVERY_S = 0.5

ROTATE = """mutation ($id: ID!) {
  rotateWebhookSecret(input: {webhookId: $id}) { secret problems { message } }
}"""
REDELIVER = """mutation ($id: ID!, $from: Cursor!, $to: Cursor!) {
  redeliverWebhook(input: {webhookId: $id, from: $from, to: $to}) { problems { message } }
}"""
LOG = """query ($id: ID!, $after: Cursor) {
  webhook(id: $id) {
    deliveries(
      first: 100, after: $after, orderBy: [TRIED_AT_ASC], filter: {outcome: {eq: DELIVERED}}
    ) {
      edges { node { cursor replayed } }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""


@pytest.fixture(params=["receive.py", "receive.ts"])
def program(request: pytest.FixtureRequest) -> Program:
    """The receiver of the guide in one language."""
    name: str = request.param
    language = "python" if name.endswith(".py") else "typescript"
    return Program(name, request.getfixturevalue(language))


@dataclass(frozen=True)
class Agency:
    """Somebody who asks the server with a token."""

    url: str
    token: str

    def ask(self, query: str, **variables: Any) -> Any:
        """The data that one operation answers with; it has to have no errors."""
        answer = httpx.post(
            f"{self.url}/graphql",
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {self.token}"},
            trust_env=False,
            timeout=30,
        ).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def register(self, url: str) -> tuple[str, str]:
        """A webhook as the guide registers it, from now on: its id and its secret."""
        end = self.ask("{ journalEnd }")["journalEnd"]
        made = self.ask(OPERATIONS["register.graphql"], url=url, after=end)["registerWebhook"]
        assert made["problems"] == []
        return made["webhook"]["id"], made["secret"]

    def delivered(self, webhook_id: str) -> Iterator[dict[str, Any]]:
        """What was delivered, as the log has it, the earliest first."""
        after, more = None, True
        while more:
            page = self.ask(LOG, id=webhook_id, after=after)["webhook"]["deliveries"]
            yield from (edge["node"] for edge in page["edges"])
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]


ENVELOPE = list(orjson.loads(re.findall(r"```json example\n(.*?)```", GUIDE.read_text(), re.S)[0]))
"""The members of an envelope, as the guide shows them."""

OPERATIONS = {block.path: block.text for block in blocks(GUIDE) if block.kind == "file"}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_every_event_is_kept_once_whatever_breaks(
    program: Program, installation: Installation, tmp_path: Path
) -> None:
    settings = installation.folder / "gridql.toml"
    pauses = ", ".join([str(TRIED_EVERY_S)] * 100)
    settings.write_text(f"webhook_private_addresses = true\nwebhook_pauses_s = [{pauses}]\n")
    sandbox = Sandbox(installation)
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    with installation.serving() as server:
        agency = Agency(server.url, sandbox.token()[1])
        webhook_id, secret = agency.register(address)

        # When events come before there is anybody to take them, they wait
        happened = sandbox.simulate()
        env = {"PARTNER_PORT": str(port), "PARTNER_SECRETS": secret}

        def knows_all(it: Partner) -> bool:
            # Killed between its part and remembering that, it would rightly do it once more.
            return it.events() == happened and it.kept() == str(len(happened))

        with running(program, tmp_path / "partner", **env) as partner:
            partner.wait(knows_all)

            # and so do those that come while the receiver is away
            partner.kill()
            happened += sandbox.simulate()
            partner.start()
            partner.wait(knows_all)

            kept = (tmp_path / "partner" / "inbox.jsonl").read_bytes()
            arrived = [orjson.loads(line) for line in kept.splitlines() if line]
            assert [list(each) for each in arrived] == [ENVELOPE] * len(happened)
            assert [each["cursor"] for each in arrived] == happened

            # When the secret is changed, the old one holds, and both, and the new one,
            new = agency.ask(ROTATE, id=webhook_id)["rotateWebhookSecret"]["secret"]
            # also when a space is left over
            for secrets in (secret, f"{new} {secret}", f"{new} "):
                partner.kill()
                partner.set(PARTNER_SECRETS=secrets)
                partner.start()
                happened += sandbox.simulate(1)
                partner.wait(knows_all)

            # When everything is sent again, it is known
            asked = {"id": webhook_id, "from": happened[0], "to": happened[-1]}
            assert agency.ask(REDELIVER, **asked)["redeliverWebhook"]["problems"] == []
            happened_again = list(happened)
            happened += sandbox.simulate(1)
            partner.wait(knows_all)
            status = agency.ask(OPERATIONS["status.graphql"], id=webhook_id)["webhook"]
            assert (status["status"], status["tries"]) == ("ACTIVE", 0)
            delivered = list(agency.delivered(webhook_id))
            assert [each["cursor"] for each in delivered if each["replayed"]] == happened_again
            assert [each["cursor"] for each in delivered if not each["replayed"]] == happened

            # What is not signed, or not now, or with another secret, is not taken
            for wrong in (unsigned, late, forged, anybodys, damaged):
                body, headers = wrong(new)
                answer = httpx.post(address, content=body, headers=headers, trust_env=False)
                assert answer.status_code == 401, wrong.__name__
            assert partner.events() == happened


BODY = b'{"id":"HazardEvent:1","data":{"cursor":"1"}}'


def message(secret: str, body: bytes = BODY, age_s: int = 0) -> tuple[bytes, dict[str, str]]:
    """A message that is signed with `secret`."""
    sent_at = str(int(time.time()) - age_s)
    return body, {
        "webhook-id": "HazardEvent:1",
        "webhook-timestamp": sent_at,
        "webhook-signature": sign([secret], "HazardEvent:1", sent_at, body),
    }


def unsigned(secret: str) -> tuple[bytes, dict[str, str]]:
    return BODY, {}


def late(secret: str) -> tuple[bytes, dict[str, str]]:
    return message(secret, age_s=301)


def forged(secret: str) -> tuple[bytes, dict[str, str]]:
    return message("whsec_" + b64encode(bytes(32)).decode())


def anybodys(secret: str) -> tuple[bytes, dict[str, str]]:
    _, headers = message(secret)
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + BODY
    # With the key that an empty secret would be.
    signature = b64encode(hmac.digest(b"", signed, hashlib.sha256)).decode()
    return BODY, {**headers, "webhook-signature": f"v1,{signature}"}


def damaged(secret: str) -> tuple[bytes, dict[str, str]]:
    body, headers = message(secret)
    return body.replace(b'"1"', b'"2"'), headers

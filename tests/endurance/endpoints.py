"""Endpoints of webhooks: each takes what is signed for it, and fails or is away now and then."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from random import Random

from tests.acceptance.callers import Caller
from tests.endurance.chronicle import Chronicle
from tests.endurance.proxy import Address, Proxy
from tests.endurance.subscribers import START, Listener
from tests.endurance.told import EVENT, Audience, told
from tests.receiver import Message, Receiver, Reply, receiving

WEBHOOK = "webhook"

SETTINGS = {
    "GRIDQL_WEBHOOK_PRIVATE_ADDRESSES": "true",
    # As many tries as by default, but without the hours between them.
    "GRIDQL_WEBHOOK_PAUSES_S": "0.05, 0.2, 0.5, 1, 1, 1, 1, 2, 5",
}

REGISTER = """
mutation Register($input: RegisterWebhookInput!) {
  registerWebhook(input: $input) { secret problems { code path message } }
}
"""

_FAILURES = 0.1
"""Of the messages that arrive, how many the endpoint does not take."""

_AWAY_S = 1.5


class Endpoint(Listener):
    """One endpoint, and what was delivered there."""

    def __init__(self, audience: Audience, number: int, chance: Random) -> None:
        super().__init__(WEBHOOK, audience)
        self.path = f"/{number}"
        self._chance = chance
        self._key = b""

    async def register(self, agency: Caller, url: str) -> None:
        """Have all events of the audience sent here, from the first on."""
        done = await agency.do(
            REGISTER,
            url=url + self.path,
            label=self.audience.name,
            selection=f"{{ {EVENT} }}",
            filter=dict(self.audience.filter),
            after=START,
        )
        assert done["problems"] == []
        self._key = b64decode(done["secret"].removeprefix("whsec_"))

    def take(self, message: Message) -> Reply:
        """Keep what a message says, if it is signed; what is not taken has to come again."""
        if self._chance.random() < _FAILURES:
            return Reply(500)
        if self._signature(message) not in message.headers["webhook-signature"].split():
            self.complaints.append(f"a wrong signature: {message}")
        event = message.event
        if not message.headers["webhook-id"] == event["id"] == event["data"]["id"]:
            self.complaints.append(f"an event under another id: {message}")
        self.told.append(told(event["data"]))
        return Reply()

    def _signature(self, message: Message) -> str:
        """What it should be signed with, after Standard Webhooks."""
        head = f"{message.headers['webhook-id']}.{message.headers['webhook-timestamp']}."
        digest = hmac.digest(self._key, head.encode() + message.body, hashlib.sha256)
        return f"v1,{b64encode(digest).decode()}"


class Office:
    """Where all endpoints are, behind a proxy of their own; sometimes nobody is there."""

    def __init__(
        self, receiver: Receiver, endpoints: Mapping[str, Endpoint], chronicle: Chronicle
    ) -> None:
        receiver.answer = lambda message: endpoints[message.path].take(message)
        self._receiver = receiver
        self._chronicle = chronicle
        self._there = True
        self.proxy: Proxy

    def addresses(self) -> list[Address]:
        """Where messages are received; nowhere while it is away."""
        return [("127.0.0.1", self._receiver.port)] if self._there else []

    async def be_away(self) -> None:
        """Break off whatever is being received, and come back after a while."""
        self._chronicle.note("the endpoints of webhooks are away")
        self._there = False
        self.proxy.break_off()
        await asyncio.sleep(_AWAY_S)
        self._there = True
        self._chronicle.note("the endpoints of webhooks are back")


@asynccontextmanager
async def office(
    endpoints: Mapping[str, Endpoint], chance: Random, chronicle: Chronicle
) -> AsyncIterator[Office]:
    """The office of these endpoints, by their paths."""
    async with receiving() as receiver:
        found = Office(receiver, endpoints, chronicle)
        found.proxy = Proxy("webhooks", found.addresses, chance, chronicle)
        async with found.proxy.listening():
            yield found

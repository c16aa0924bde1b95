"""A server without its doors: all that it works with and does by itself, asked in process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from graphql import OperationType

from gridql import settings
from gridql.access import accounts
from gridql.access.models import Account
from gridql.access.roles import Actor, Role
from gridql.database import connect, migrate
from gridql.domain.agencies.models import Webhook, WebhookDelivery
from gridql.domain.areas.models import Area, Grid
from gridql.domain.areas.rules import AreaLevel
from gridql.graph.context import Context
from gridql.graph.executor import Request
from gridql.journal.models import Entry
from gridql.server.opening import opened
from gridql.server.parts import Parts
from tests.receiver import Message

STREET, COMMUNITY, GRID = "370114001", "370114001003", "370114001003001"
OTHER_STREET, OTHER_COMMUNITY = "370114002", "370114002014"
OTHER_GRID = "370114002014001"
PATIENCE_S = 20
NOTICED_S = 2.1
"""After that long everybody knows of an account that was changed."""

ANY = frozenset({OperationType.QUERY, OperationType.MUTATION})

REGISTER = """
mutation($input: RegisterWebhookInput!) {
  registerWebhook(input: $input) {
    webhook { id label url filter selection lang status cursor }
    secret
    problems { code path message }
  }
}
"""
REPORT = """
mutation($input: ReportHazardInput!) {
  reportHazard(input: $input) { hazard { id } problems { code path message } }
}
"""
ROTATE = """
mutation($input: RotateWebhookSecretInput!) {
  rotateWebhookSecret(input: $input) {
    webhook { id previousSecretUntil } secret problems { code path }
  }
}
"""
UPDATE = """
mutation($input: UpdateWebhookInput!) {
  updateWebhook(input: $input) {
    webhook { id label url filter selection status } problems { code path message }
  }
}
"""
DISABLE = """
mutation($input: DisableWebhookInput!) {
  disableWebhook(input: $input) { webhook { id status reason } problems { code path message } }
}
"""
RESUME = """
mutation($input: ResumeWebhookInput!) {
  resumeWebhook(input: $input) {
    webhook { id status reason tries nextTryAt cursor } problems { code path message }
  }
}
"""
REDELIVER = """
mutation($input: RedeliverWebhookInput!) {
  redeliverWebhook(input: $input) {
    webhook { id status reason replayUntil } problems { code path message }
  }
}
"""
SELECTION = "{ kind hazard { id title } }"


class Office:
    """The parts of a running server, and two accounts: staff of two streets, and an agency."""

    def __init__(self, parts: Parts, staff: Actor, agency: Actor) -> None:
        self.parts = parts
        self.staff = staff
        self.agency = agency
        self.since = parts.services.tail.head()

    async def ask(self, query: str, actor: Actor | None = None, **variables: Any) -> Any:
        """The data of an operation; the agency's, unless somebody else is named."""
        context = Context(actor or self.agency, "en", "request-7", self.parts.services)
        result = await self.parts.engine.execute(
            Request(query, None, variables), context, allow=ANY
        )
        answer = orjson.loads(result.body)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def do(self, mutation: str, actor: Actor | None = None, **input: Any) -> Any:
        """The payload of a mutation."""
        ((_, payload),) = (await self.ask(mutation, actor, input=input)).items()
        return payload

    async def register(self, url: str, **input: Any) -> tuple[str, str]:
        """A webhook of the agency: its id, and its secret."""
        given = {"url": url, "selection": SELECTION, "label": "指挥系统", **input}
        payload = await self.do(REGISTER, **given)
        assert payload["problems"] == []
        return payload["webhook"]["id"], payload["secret"]

    async def redeliver(self, webhook_id: str, first: str, last: str) -> Any:
        """The payload of asking for a range again."""
        given: dict[str, Any] = {"webhookId": webhook_id, "from": first, "to": last}
        return await self.do(REDELIVER, **given)

    async def report(self, *titles: str, **more: Any) -> None:
        """Hazards in the grid, one after the other."""
        for title in titles:
            draft = {"title": title, "severity": "SERIOUS", "category": "STORAGE"}
            payload = await self.do(REPORT, self.staff, **{**draft, "gridCode": GRID, **more})
            assert payload["problems"] == []

    async def events(self, count: int) -> list[Event]:
        """What has happened since this was opened, as soon as so much has its place."""
        since = Entry.filter(subject_type="Hazard", position__gt=self.since)
        async with asyncio.timeout(PATIENCE_S):
            while len(found := await since.order_by("position")) < count:
                await asyncio.sleep(0.02)
        events = [Event(f"HazardEvent:{row.id}", row.position or 0) for row in found]
        async with asyncio.timeout(PATIENCE_S):
            while self.parts.services.tail.head() < events[-1].position:
                await asyncio.sleep(0.02)
        return events

    async def move_agency(self, scope: str) -> None:
        """From now on the agency sees that area only; returns once servers have noticed."""
        await Account.filter(id=self.agency.account_id).update(scopes=[scope])
        await asyncio.sleep(NOTICED_S)

    async def disable_account(self) -> None:
        """From now on the agency has no account; returns once servers have noticed."""
        assert await accounts.disable(self.agency.account_id)
        await asyncio.sleep(NOTICED_S)

    async def webhook(self, webhook_id: str) -> Webhook:
        """Its row."""
        return await Webhook.get(id=int(webhook_id.partition(":")[2]))

    async def until(self, webhook_id: str, holds: Callable[[Webhook], bool]) -> Webhook:
        """The row, as soon as that holds."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds(found := await self.webhook(webhook_id)):
                await asyncio.sleep(0.02)
        return found

    async def log(self, webhook_id: str, count: int) -> list[WebhookDelivery]:
        """What was sent there, oldest first, as soon as there are so many tries."""
        rows = WebhookDelivery.filter(webhook_id=int(webhook_id.partition(":")[2]))
        async with asyncio.timeout(PATIENCE_S):
            while len(found := await rows.order_by("id")) < count:
                await asyncio.sleep(0.02)
        return found


class Event(NamedTuple):
    """Something that has happened: its id, and where it stands in the journal."""

    id: str
    position: int


@asynccontextmanager
async def open_parts(database_url: str, folder: Path, **options: Any) -> AsyncIterator[Parts]:
    """A server on an empty database, or on one that was open before."""
    database = await connect(database_url)
    try:
        await migrate(database)
    finally:
        await database.close()
    chosen = settings.load(
        environ={},
        folder=folder,
        data_dir=folder,
        database_url=database_url,
        plugins_allow=["none-at-all"],
        plugins_watch=False,
        **{"webhook_private_addresses": True, **options},
    )
    async with opened(chosen) as parts:
        if not await Area.exists():
            await _settle()
        yield parts


async def move_in(parts: Parts, name: str) -> Office:
    """Two accounts on that server, made when nobody has used the name before."""
    staff = await _actor(f"街道 {name}", Role.STREET, [STREET, OTHER_STREET])
    return Office(parts, staff, await _actor(f"协作单位 {name}", Role.AGENCY, [STREET]))


async def move_out(office: Office) -> None:
    """Nothing more is sent to the agency."""
    await Webhook.filter(account_id=office.agency.account_id).delete()


async def _settle() -> None:
    for street, community, grid in (
        (STREET, COMMUNITY, GRID),
        (OTHER_STREET, OTHER_COMMUNITY, OTHER_GRID),
    ):
        await Area.create(code=street, name="街道", level=AreaLevel.STREET)
        await Area.create(code=community, name="社区", level=AreaLevel.COMMUNITY, parent_id=street)
        await Grid.create(code=grid, name="网格", community_id=community)


async def _actor(name: str, role: Role, scopes: list[str]) -> Actor:
    account = await Account.get_or_none(name=name) or await accounts.register(name, role, scopes)
    return Actor(account.id, name, account.role, tuple(account.scopes))


def titles(messages: list[Message]) -> list[str]:
    """What the messages say of their hazards."""
    return [message.event["data"]["hazard"]["title"] for message in messages]

"""Webhooks through the real server: a receiver that fails and dies, a server that dies."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from gridql.access.roles import Role
from gridql.domain.agencies.models import Webhook
from tests.acceptance.callers import Caller
from tests.acceptance.processes import Installation, Server
from tests.acceptance.shop import REPORT
from tests.acceptance.town import Street, Town, town_of
from tests.receiver import receiving

ROOT = Path(__file__).parents[2]
EVENTS = 60
PATIENCE_S = 60

REGISTER = """
mutation Register($input: RegisterWebhookInput!) {
  registerWebhook(input: $input) { webhook { id } secret problems { code path message } }
}
"""
ALL = """
query All { hazardEvents(first: 100) { edges { node { id hazard { title } } } } }
"""
LOG = """
query Log($id: ID!) {
  webhook(id: $id) {
    status
    delivered: deliveries(filter: { outcome: { eq: DELIVERED } }) { totalCount }
    failed: deliveries(filter: { outcome: { eq: FAILED } }) { totalCount }
  }
}
"""


def allow_loopback(installation: Installation, pauses: str) -> None:
    """Let webhooks lead to this machine, and tries follow one another soon."""
    (installation.folder / "gridql.toml").write_text(
        f"webhook_private_addresses = true\nwebhook_pauses_s = [{pauses}]\n"
    )


async def register(agency: Caller, url: str) -> tuple[str, str]:
    """A webhook's id, and its secret."""
    selection = "{ kind hazard { id title } }"
    payload = await agency.do(REGISTER, url=url, selection=selection, label="指挥系统")
    assert payload["problems"] == []
    return payload["webhook"]["id"], payload["secret"]


async def report(worker: Caller, street: Street, number: int) -> None:
    """One hazard in the street."""
    payload = await worker.do(
        REPORT, title=f"隐患{number}", severity="MINOR", category="ROAD", gridCode=street.grid
    )
    assert payload["problems"] == []


class ReceiverProcess:
    """The receiver as a process of its own, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.kept = folder / "received.jsonl"
        self.secret = ""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[str] | None = None

    def start(self, seed: int, failing_percent: int = 40) -> None:
        """Returns once it takes messages."""
        words = [self.port, self.secret, self.kept, failing_percent, seed]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.receiver", *map(str, words)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def kill(self) -> None:
        """As a failing machine does, in the middle of whatever it does."""
        assert self._process is not None
        self._process.kill()
        self._process.communicate()

    def received(self) -> list[Any]:
        """What it has kept of each message that it took, in order."""
        if not self.kept.exists():
            return []
        lines = self.kept.read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    async def until(self, count: int) -> list[Any]:
        """The same, once there are so many different ones."""
        end = time.monotonic() + PATIENCE_S
        found = self.received()
        while len({each["id"] for each in found}) < count:
            assert time.monotonic() < end, f"{len(found)} messages came"
            await asyncio.sleep(0.05)
            found = self.received()
        return found


async def test_a_receiver_that_fails_and_dies_has_every_event_in_the_end(
    installation: Installation,
) -> None:
    allow_loopback(installation, "0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8")
    receiver = ReceiverProcess(installation.folder)
    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            street = await town.street()
            worker = await town.worker(street)
            agency = await town.someone(Role.AGENCY, street.code)
            url = f"http://127.0.0.1:{receiver.port}/hook"
            webhook, receiver.secret = await register(agency, url)

            # When it refuses four of ten messages, and is killed twice while they come
            receiver.start(seed=1)
            try:
                for number in range(EVENTS):
                    await report(worker, street, number)
                    if number in (EVENTS // 3, 2 * EVENTS // 3):
                        await receiver.until(number // 2)
                        receiver.kill()
                        await report(worker, street, 100 + number)
                        await asyncio.sleep(0.5)
                        receiver.start(seed=number)
                received = await receiver.until(EVENTS + 2)
            finally:
                receiver.kill()

            # Then it has every event once or more, in their order, and could believe each message
            page = await agency.ask(ALL)
            events = [edge["node"]["id"] for edge in page["hazardEvents"]["edges"]]
            assert len(events) == EVENTS + 2
            assert list(dict.fromkeys(each["id"] for each in received)) == events
            assert [each for each in received if each["faults"]] == []
            # and the log says what was sent how often
            log = (await agency.ask(LOG, id=webhook))["webhook"]
            assert log["status"] == "ACTIVE"
            assert log["delivered"]["totalCount"] >= EVENTS + 2 - 1
            assert log["failed"]["totalCount"] > EVENTS // 4


@asynccontextmanager
async def two_servers(
    installation: Installation,
) -> AsyncIterator[tuple[dict[int, Server], Town]]:
    """Two processes on one database, by their process ids, and the town behind them."""
    servers = [installation.start(installation.folder / f"serve-{n}.log") for n in (1, 2)]
    try:
        for server in servers:
            server.wait_for_address()
        async with town_of(servers[0].url, installation.database_url) as town:
            yield {server.pid: server for server in servers}, town
        for server in servers:
            if not server.killed:
                assert server.stop() == 0, server.said()
            server.require_no_trouble()
    finally:
        for server in servers:
            server.end()


@pytest.mark.parametrize("dialect", ["postgres"], indirect=True)
async def test_when_a_server_dies_another_delivers_on_within_ten_seconds(
    installation: Installation,
) -> None:
    allow_loopback(installation, "0.1, 0.1, 0.1")
    async with two_servers(installation) as (servers, town), receiving() as receiver:
        street = await town.street()
        first, second = servers.values()
        agency = await town.someone(Role.AGENCY, street.code)
        worker = await town.worker(street)
        await register(agency, receiver.url)
        await report(worker, street, 1)
        await receiver.until(1)
        while not await Webhook.filter(last_delivered_at__isnull=False).exists():
            await asyncio.sleep(0.02)  # else the next one would rightly send it once more

        # When the process is killed that has claimed it
        claimed_by = (await Webhook.get()).claimed_by
        assert claimed_by is not None
        holder = servers[int(claimed_by.partition("-")[0])]
        survivor = second if holder is first else first
        await asyncio.to_thread(holder.kill)
        killed_at = time.monotonic()
        async with httpx.AsyncClient(base_url=survivor.url, trust_env=False) as http:
            await report(worker.at(http), street, 2)

        # Then the other one goes on from where it was
        messages = await receiver.until(2)
        assert time.monotonic() - killed_at < 10
        assert [each.event["data"]["hazard"]["title"] for each in messages] == ["隐患1", "隐患2"]
        webhook = await Webhook.get()
        assert webhook.claimed_by is not None
        assert webhook.claimed_by.startswith(f"{survivor.pid}-")

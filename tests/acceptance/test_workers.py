"""`gridql serve --workers`: several processes behind one address, and the one above them."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from gridql.access.roles import Role
from gridql.forms.models import PublishedForm
from tests.acceptance.processes import Installation, Server
from tests.acceptance.shop import REPORT, UPDATES, titles
from tests.acceptance.town import town_of

PATIENCE_S = 30


def workers_of(server: Server) -> set[int]:
    """The processes below the server's own that serve."""
    below = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return {int(pid) for pid in below if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def is_there(pid: int) -> bool:
    """Whether the process has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await holds():
            await asyncio.sleep(0.05)


async def answers(url: str) -> bool:
    """Whether somebody serves there, on a connection of its own."""
    try:
        async with httpx.AsyncClient(trust_env=False) as http:
            return (await http.get(f"{url}/healthz")).status_code == 200
    except httpx.TransportError:
        return False


async def test_what_one_worker_writes_the_others_tell(installation: Installation) -> None:
    with installation.serving("--workers", "3") as server:
        assert server.said().count("gridql serves on") == 1
        assert len(workers_of(server)) == 3
        async with town_of(server.url, installation.database_url) as town:
            # All three publish the bundled forms at once, and make the one key file.
            names = await PublishedForm.all().values_list("name", "version")
            assert len(names) == len(set(names)) > 10
            street = await town.street()
            worker = await town.worker(street)
            agency = await town.someone(Role.AGENCY, street.code)
            async with asyncio.TaskGroup() as tasks:
                for _ in range(12):  # enough that no one worker has them all
                    tasks.create_task(hears(agency, worker, street.grid))
        began = time.monotonic()
    assert time.monotonic() - began < 5


async def hears(agency: Any, worker: Any, grid: str) -> None:
    """A follower on a connection of its own hears what others have reported on theirs."""
    async with agency.follow(UPDATES) as updates:
        payload = await worker.do(REPORT, **hazard(grid))
        assert payload["problems"] == []
        assert set(titles(await updates.take(1))) == {"楼道堆物"}


def hazard(grid: str) -> dict[str, Any]:
    return {"title": "楼道堆物", "severity": "MINOR", "category": "EXIT", "gridCode": grid}


async def test_a_worker_that_dies_is_replaced(installation: Installation) -> None:
    with installation.serving("--workers", "2") as server:
        before = workers_of(server)
        killed = min(before)
        os.kill(killed, signal.SIGKILL)

        async def replaced() -> bool:
            now = workers_of(server)
            return killed not in now and len(now) == 2

        await until(replaced)
        [new] = workers_of(server) - before
        assert f"worker {killed} was ended by SIGKILL; another one begins in 0.5 s" in server.said()

        # The other one goes on meanwhile; without it, the new one serves alone.
        assert await answers(server.url)
        os.kill(max(before), signal.SIGKILL)
        await until(lambda: answers(server.url))
        assert is_there(new)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_workers_end_when_the_process_above_them_is_killed(
    installation: Installation,
) -> None:
    with installation.serving("--workers", "2") as server:
        below = workers_of(server)
        server.kill()

        async def gone() -> bool:
            return not any(is_there(pid) for pid in below)

        await until(gone)
        assert not await answers(server.url)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_ctrl_c_ends_all_of_them_in_order(installation: Installation) -> None:
    with installation.serving("--workers", "2", group=True) as server:
        below = workers_of(server)
        # A terminal sends it to every process that was started from there.
        os.killpg(server.pid, signal.SIGINT)
        assert server.stop() == 0
        assert not any(is_there(pid) for pid in below)
        assert server.said().splitlines()[1:] == []


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_what_keeps_a_worker_from_beginning_ends_all(installation: Installation) -> None:
    key = installation.folder / "vault.key"
    key.write_text("{}")
    key.chmod(0o600)

    refused = installation.run("serve", "--port", "0", "--workers", "2")

    assert refused.returncode == 1
    assert refused.stderr == "error: vault keys: not a JSON object of the expected shape\n"


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_port_that_is_taken_is_told_once(installation: Installation) -> None:
    with installation.serving("--workers", "2") as server:
        port = server.url.rpartition(":")[2]
        refused = installation.run("serve", "--port", port, "--workers", "2")
    assert refused.returncode == 1
    assert refused.stderr == f"error: cannot listen on 127.0.0.1:{port}: Address already in use\n"

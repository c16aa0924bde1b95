"""`gridql demo` as somebody new to it runs it: the command, and all that it prints to paste."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

import gridql

ROLES = ("DISTRICT", "STREET", "COMMUNITY", "GRID_WORKER", "DEPARTMENT", "AGENCY", "AUDITOR")
START_TIMEOUT_S = 90
"""Far above what is promised: other tests may keep the machine busy."""

_BLOCK = re.compile(r"^── (\w+) · .*\n(gql_\S+)\n(?:[A-Z].*\n)?((?:curl|\S*/).*(?:\n.+)*)", re.M)


class Demo:
    """A running demo."""

    def __init__(self, process: subprocess.Popen[str], said: Path) -> None:
        self.process = process
        self._said = said

    @property
    def said(self) -> str:
        """What it has printed so far."""
        return self._said.read_text(encoding="utf-8")

    @property
    def commands(self) -> dict[str, str]:
        """What there is to paste, by role."""
        return {role: command.rstrip() for role, _, command in _BLOCK.findall(self.said)}

    @property
    def tokens(self) -> dict[str, str]:
        """The tokens that it has printed, by role."""
        return {role: token for role, token, _ in _BLOCK.findall(self.said)}

    def wait(self) -> None:
        """Until it serves."""
        end = time.monotonic() + START_TIMEOUT_S
        while "gridql serves the demo on" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.02)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRIDQL_")}
    return kept | {"PYTHONPATH": str(Path(gridql.__file__).parent.parent)}


@contextmanager
def started(folder: Path, *options: str) -> Iterator[Demo]:
    """`gridql demo` in `folder`, not waited for; stopped at the end."""
    said = folder / "said.txt"
    with said.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gridql", "demo", *options],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        yield Demo(process, said)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo of this module lies."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder: Path) -> Iterator[Demo]:
    """A demo that was started for the first time, after a start that was cut off, and serves."""
    left_over = folder / "data" / ".unfinished-before"
    left_over.mkdir(parents=True)
    (left_over / "gridql.sqlite3").touch()
    with started(folder, "--port", "0", "--data", "data") as running:
        running.wait()
        yield running


def paste(command: str) -> Any:
    """Run `command` in a shell, and read the JSON that it prints."""
    done = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, timeout=30, check=True
    )
    return json.loads(done.stdout)


def count(folder: Path, sql: str) -> int:
    """What a `select count` finds in the demo's database."""
    with closing(sqlite3.connect(folder / "data" / "gridql.sqlite3")) as connection:
        [number] = connection.execute(f"select count(*) from {sql}").fetchone()
        return int(number)


def test_the_first_start_takes_twenty_seconds_at_the_most(demo: Demo) -> None:
    [seconds] = re.findall(r"^made in ([0-9.]+) s$", demo.said, re.M)
    assert float(seconds) < 20


def test_a_token_for_each_role(demo: Demo, folder: Path) -> None:
    path = folder / "data" / "demo-tokens.json"

    for name in ("demo-tokens.json", "gridql.sqlite3", "vault.key"):
        assert stat.S_IMODE((folder / "data" / name).stat().st_mode) == 0o600
    assert json.loads(path.read_bytes()) == demo.tokens
    assert tuple(demo.tokens) == ROLES


def test_the_folder_holds_what_is_complete_and_nothing_else(demo: Demo, folder: Path) -> None:
    found = {path.name for path in (folder / "data").iterdir()}
    assert found - {"gridql.sqlite3-wal", "gridql.sqlite3-shm"} == {
        "gridql.sqlite3",
        "demo-tokens.json",
        "vault.key",
    }


def test_the_size_of_the_district(demo: Demo, folder: Path) -> None:
    assert count(folder, "area") == 616
    assert count(folder, "grid where boundary is not null") == 1245
    assert count(folder, "grid_worker where kind = 'FULL_TIME'") > 200
    assert count(folder, "grid_worker") == 1300
    assert 25_500 < count(folder, "household") < 26_500
    assert count(folder, "resident") > 50_000
    assert count(folder, "place where location is not null") > 2500
    assert 1300 < count(folder, "hazard where client_id is null or submission_id is null") < 1500
    assert count(folder, "hazard where status = 'CLOSED'") > 1000
    assert count(folder, "hazard where status = 'REPORTED' and due_at < '2100'") > 100
    for status in ("DISPATCHED", "RECTIFYING", "RECHECKING"):
        assert count(folder, f"hazard where status = '{status}'") > 3
    assert count(folder, "hazard where extension_until is not null") > 3
    assert count(folder, "(select distinct severity from hazard)") == 3
    assert count(folder, "(select distinct form_id from submission)") == 3


def test_three_quarters_of_the_homes_were_visited(demo: Demo, folder: Path) -> None:
    met = count(
        folder,
        "(select distinct household_id from visit where outcome in ('MET', 'PROXY_MET')"
        " and visited_at > datetime('now', '-92 days'))",
    )
    assert 0.73 < met / count(folder, "household") < 0.77


def test_nothing_lies_in_the_future_or_out_of_order(demo: Demo, folder: Path) -> None:
    now = "strftime('%Y-%m-%dT%H:%M:%S', 'now', '+1 minute')"
    assert count(folder, f"visit where visited_at > {now}") == 0
    assert count(folder, f"hazard where reported_at > {now} or closed_at > {now}") == 0
    assert count(folder, "hazard where closed_at < reported_at") == 0
    assert count(folder, f"hazard where dispatched_at > {now}") == 0
    assert count(folder, "hazard where dispatched_at < reported_at") == 0
    assert count(folder, "hazard where rectified_at < dispatched_at") == 0
    assert count(folder, "entry where position is null") == 0


def test_people_are_sealed(demo: Demo, folder: Path) -> None:
    assert count(folder, "resident where phone_masked like '154****%'") > 40_000
    assert count(folder, "resident where id_number_masked like '990***********%'") > 50_000
    database = (folder / "data" / "gridql.sqlite3").read_bytes()
    assert not re.search(rb"990114(19|20)[0-9]{9}[0-9X]", database)
    assert not re.search(rb"(?<![0-9A-Za-z_-])154[0-9]{8}(?![0-9A-Za-z_-])", database)


@pytest.mark.parametrize("role", ["DISTRICT", "STREET", "COMMUNITY", "DEPARTMENT", "AUDITOR"])
def test_what_is_pasted_answers(demo: Demo, role: str) -> None:
    answer = paste(demo.commands[role])

    assert "errors" not in answer
    assert [data for data in answer["data"].values() if data]
    assert '"edges":[]' not in json.dumps(answer, separators=(",", ":"))


def test_a_grid_worker_hands_in_and_the_agency_hears_of_it(demo: Demo) -> None:
    with subprocess.Popen(
        ["/bin/sh", "-c", f"exec {demo.commands['AGENCY']}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as agency:
        try:
            assert agency.stdout is not None
            assert json.loads(agency.stdout.readline()) == {"type": "connection_ack"}
            time.sleep(0.5)  # until the subscription, which nothing confirms, is there
            answer = paste(demo.commands["GRID_WORKER"])["data"]["submitForm"]
            told = [json.loads(agency.stdout.readline()) for _ in range(3)]
        finally:
            agency.send_signal(signal.SIGKILL)

    assert answer["problems"] == []
    assert answer["submission"]["score"] == {"value": 74, "grade": "C"}
    hazards = [event["payload"]["data"]["hazardUpdates"]["hazard"]["id"] for event in told]
    opened = [edge["node"]["id"] for edge in answer["submission"]["hazards"]["edges"]]
    assert sorted(hazards) == sorted(opened)
    again = paste(demo.commands["GRID_WORKER"])["data"]["submitForm"]
    assert again["submission"]["id"] == answer["submission"]["id"]


def test_a_later_start_takes_up_what_is_there(demo: Demo, folder: Path, tmp_path: Path) -> None:
    before = count(folder, "hazard")
    with started(tmp_path, "--port", "0", "--data", str(folder / "data")) as later:
        later.wait()

        assert "making the demo's data" not in later.said
        assert later.tokens == demo.tokens
        assert paste(later.commands["DISTRICT"])["data"]["hazards"]["totalCount"] > 0
    assert count(folder, "hazard") == before


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with started(tmp_path, "--port", str(port), "--data", "data") as refused:
            assert refused.process.wait(30) == 1

    assert f"error: cannot listen on 127.0.0.1:{port}: Address already in use" in refused.said
    assert "Traceback" not in refused.said
    assert not (tmp_path / "data").exists()


def test_a_first_start_that_was_cut_off_leaves_no_half_of_a_database(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with started(tmp_path, "--port", "0", "--data", "data") as cut_off:
        end = time.monotonic() + START_TIMEOUT_S
        while not list(data.glob(".unfinished-*/gridql.sqlite3")):
            assert time.monotonic() < end, cut_off.said
            time.sleep(0.02)
        cut_off.process.kill()
        cut_off.process.wait()

    assert not (data / "gridql.sqlite3").exists()
    assert not (data / "demo-tokens.json").exists()


def test_a_database_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "gridql.sqlite3").touch()
    with started(tmp_path, "--port", "0", "--data", "data") as refused:
        assert refused.process.wait(30) == 1

    assert "its tokens cannot be read from demo-tokens.json" in refused.said
    assert (data / "gridql.sqlite3").stat().st_size == 0

"""The processes that are measured: both servers and PostgreSQL, and what CPU time they took."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

with warnings.catch_warnings():
    # It asks for the folder of its lock when it is imported; the temporary one will do.
    warnings.simplefilter("ignore")
    try:
        from pgserver.postgres_server import PostgresServer, get_server
    except ImportError:  # it is not made for Python 3.13 and later
        PGSERVER = False
    else:
        PGSERVER = True

START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 20

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A server that takes requests on a port of this machine."""

    name: str
    port: int
    pid: int

    def cpu_s(self) -> float:
        """What it has taken so far, as user and in the system."""
        own, _, _ = _taken(self.pid)
        return own

    def resident_kb(self) -> int:
        """What it has in memory at present, in kilobytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])


@dataclass(frozen=True)
class Postgres:
    """A running PostgreSQL."""

    _server: PostgresServer
    pid: int

    def create(self, name: str) -> str:
        """Where the new, empty database `name` is reached."""
        self._server.psql(f"create database {name};")
        return self.url(name)

    def url(self, name: str) -> str:
        """Where the database `name` is reached."""
        return f"postgresql://postgres@/{name}?host={self._server.pgdata}"

    def cpu_s(self) -> float:
        """What all its processes have taken so far; what ended ones took counts at their parent."""
        own, ended, _ = _taken(self.pid)
        return own + ended + sum(taken for taken, _, parent in _all() if parent == self.pid)


def _taken(pid: int) -> tuple[float, float, int]:
    """CPU seconds of a process, CPU seconds of children that ended, and its parent."""
    text = Path(f"/proc/{pid}/stat").read_text()
    # The second field is the name, which may have anything in it.
    parts = text[text.rindex(")") + 2 :].split()
    user, system, child_user, child_system = map(int, parts[11:15])
    return (user + system) / _TICKS_PER_S, (child_user + child_system) / _TICKS_PER_S, int(parts[1])


def _all() -> Iterator[tuple[float, float, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                yield _taken(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has ended meanwhile


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL with its data in the folder, whose path is short; its settings as they come."""
    server = get_server(folder, cleanup_mode="delete")
    try:
        # Nothing outlives this run, and only filling writes.
        server.psql("alter system set fsync = off;")
        server.psql("alter system set max_wal_size = '4GB';")
        server.psql("select pg_reload_conf();")
        pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
        yield Postgres(server, pid)
    finally:
        server.cleanup()


@contextmanager
def gridql(database_url: str, folder: Path) -> Iterator[Server]:
    """gridql as an operator runs it, with nothing set but where the database is."""
    folder.mkdir(exist_ok=True)
    environment = {"GRIDQL_DATABASE_URL": database_url, "GRIDQL_DATA_DIR": str(folder)}
    command = ("-m", "gridql", "serve", "--port")
    with _serving("gridql", command, environment, folder / "gridql.log") as server:
        yield server


@contextmanager
def idiomatic(database_url: str, folder: Path, *, tuned: bool = False) -> Iterator[Server]:
    """The idiomatic server, by the command that its libraries' documentation gives."""
    name = "tuned" if tuned else "idiomatic"
    folder.mkdir(exist_ok=True)
    command = (
        *("-m", "uvicorn", "tests.benchmarks.idiomatic.app:app"),
        *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"),
        "--port",
    )
    environment = {"DATABASE_URL": database_url, "RULES_MADE_ONCE": "1" if tuned else "0"}
    with _serving(name, command, environment, folder / f"{name}.log") as server:
        yield server


@contextmanager
def _serving(
    name: str, command: tuple[str, ...], environment: dict[str, str], log: Path
) -> Iterator[Server]:
    port = _free_port()
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("GRIDQL_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command, str(port)],
            env=inherited | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + START_TIMEOUT_S
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{name} does not serve:\n{log.read_text()}")
            time.sleep(0.1)
        yield Server(name, port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0

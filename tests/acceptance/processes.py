"""gridql as an operator runs it: the console command, in processes of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import gridql

START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 20

GRIDQL = (sys.executable, "-m", "gridql")
"""The console command, also where the package is not installed but only checked out."""

_ADDRESS = re.compile(r"http://127\.0\.0\.1:[0-9]+")
# What plugins' code raises is told indented, under the warning that the plugin is out.
_TROUBLE = re.compile(r"(?m)^Traceback|\bERROR\b|\bCRITICAL\b|Warning\b")


@dataclass(frozen=True)
class Installation:
    """Settings, and the commands that are run with them."""

    folder: Path
    """For what gridql itself keeps, and for the log of its server."""
    database_url: str
    plugins_dir: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further ones, by the names of their variables."""

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run `gridql *arguments` to its end, whatever that is, with `typed` as its input."""
        return subprocess.run(
            [*GRIDQL, *arguments],
            env=self.environment(),
            cwd=self.folder,
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @contextmanager
    def serving(self, *options: str, group: bool = False) -> Iterator[Server]:
        """A server that takes requests; at the end it has to stop in order and without trouble.

        One that the test has killed has to have had none until then. `group` as in `start`.
        """
        server = self.start(self.folder / "serve.log", *options, group=group)
        try:
            server.wait_for_address()
            yield server
            assert server.stop() == (-signal.SIGKILL if server.killed else 0), server.said()
            server.require_no_trouble()
        finally:
            server.end()

    def start(self, log: Path, *options: str, group: bool = False) -> Server:
        """A server that does not take requests yet; what it says is found in `log`.

        With `group` it is the first in a group of processes, as one that a terminal starts.
        """
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*GRIDQL, "serve", "--port", "0", *options],
                env=self.environment(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0 if group else None,
            )
        return Server(process, log)

    def environment(self) -> dict[str, str]:
        """What the commands see of the settings."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("GRIDQL_")
        }
        environment |= {
            "PYTHONPATH": str(Path(gridql.__file__).parent.parent),
            "GRIDQL_DATA_DIR": str(self.folder),
            "GRIDQL_DATABASE_URL": self.database_url,
            "COLUMNS": "200",
            "NO_COLOR": "1",
        }
        if self.plugins_dir is not None:
            environment["GRIDQL_PLUGINS_DIR"] = str(self.plugins_dir)
        return {**environment, **self.settings}


class Server:
    """A started server."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log
        self.url = ""
        self.killed = False

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def said(self) -> str:
        """All that it has written so far."""
        return self._log.read_text(encoding="utf-8")

    def wait_for_address(self) -> None:
        """Until it says where it listens, which is `url` from then on."""
        end = time.monotonic() + START_TIMEOUT_S
        while not (found := _ADDRESS.search(self.said())):
            assert self._process.poll() is None, f"it ended before it listened:\n{self.said()}"
            assert time.monotonic() < end, f"it does not listen:\n{self.said()}"
            time.sleep(0.02)
        self.url = found.group()

    def stop(self) -> int:
        """Ask it to end, as an operating system does; the code that it ends with."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(STOP_TIMEOUT_S)

    def kill(self) -> None:
        """End it as a failing machine does, in the middle of whatever it does."""
        self.killed = True
        self._process.kill()
        self._process.wait(STOP_TIMEOUT_S)

    def require_no_trouble(self) -> None:
        """Fail where it has written an error or a warning."""
        assert not _TROUBLE.search(self.said()), self.said()

    def end(self) -> None:
        """End it however it is, where it has not ended."""
        self._process.kill()
        self._process.wait()

"""The sandbox of a server as a partner's tests need it."""

from __future__ import annotations

import json
import socket
import subprocess

from tests.acceptance.processes import GRIDQL, Installation


class Sandbox:
    """Tokens for the sandbox of an installation, and what is invented there."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._operator = self.token()[1]

    def token(self) -> tuple[int, str]:
        """A new token: its number, and itself."""
        made = self._installation.run("token", "create", "--sandbox", "--json")
        assert made.returncode == 0, made.stderr
        told = json.loads(made.stdout)
        return told["id"], told["token"]

    def revoke(self, token_id: int) -> None:
        """Withdraw a token."""
        assert self._installation.run("token", "revoke", str(token_id)).returncode == 0

    def simulate(self, count: int = 2) -> list[str]:
        """Invent hazards, at once; the cursors of all events."""
        told = self._installation.run(
            *("partner", "simulate", "--token", self._operator, "--every", "0"),
            *("--count", str(count)),
        )
        assert told.returncode == 0, told.stderr
        return [line.split("  ")[0] for line in told.stdout.splitlines()]

    def leave_open(self) -> str:
        """Invent a hazard and go away; its id."""
        with subprocess.Popen(
            # Told by chance, it might be one that was put right on the spot.
            [
                *(*GRIDQL, "partner", "simulate", "--token", self._operator, "--every", "600"),
                *("--seed", "left open"),
            ],
            env=self._installation.environment(),
            cwd=self._installation.folder,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            process.kill()
        _, kind, hazard_id, _ = line.split("  ", 3)
        assert kind == "REPORTED"
        return hazard_id


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port

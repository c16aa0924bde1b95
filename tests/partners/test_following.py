"""The programs of docs/partners.md that keep their own place: nothing is lost, nothing repeated."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.processes import Installation
from tests.partners.kit import Partner, Program, running
from tests.partners.sandbox import Sandbox, free_port

PYTHON = ("follow_ws.py", "follow_sse.py", "poll.py")
NOT_KEPT = "99999999"
"""A cursor from beyond the end of the journal, as after a restored backup."""

REVOKED_WITHIN_S = 2.5
"""A little more than a server goes on believing a token."""

TYPESCRIPT = ("follow-ws.ts", "follow-sse.ts", "poll.ts")


@pytest.fixture(params=["python", "typescript"])
def programs(request: pytest.FixtureRequest) -> list[Program]:
    """The programs of the guide in one language."""
    folder: Path = request.getfixturevalue(request.param)
    names = PYTHON if request.param == "python" else TYPESCRIPT
    return [Program(name, folder) for name in names]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_they_go_on_where_they_were_whatever_breaks(
    programs: list[Program], installation: Installation, tmp_path: Path
) -> None:
    port = str(free_port())
    sandbox = Sandbox(installation)
    token_id, token = sandbox.token()
    settings = {
        "PARTNER_URL": f"http://127.0.0.1:{port}",
        "PARTNER_TOKEN": token,
        "PARTNER_EVERY_S": "0.2",
    }
    happened: list[str] = []

    def wait(until: Callable[[Partner], bool]) -> None:
        for partner in partners:
            partner.wait(until)

    def wait_until_they_know() -> None:
        # Killed between its part and remembering that, one would rightly do it once more.
        wait(lambda it: it.events() == happened and int(it.kept() or 0) >= int(happened[-1]))

    # Given a hazard that is open
    left_open = sandbox.leave_open()
    with ExitStack() as stack:
        # and programs that are there before the server
        partners = [
            stack.enter_context(running(program, tmp_path / program.name, **settings))
            for program in programs
        ]
        wait(lambda it: "again in about 1 s" in it.complained())
        with installation.serving("--port", port) as server:
            # When they begin, then they are told what is open, and what happens from then on
            wait(lambda it: it.kept() is not None)
            assert [each.open_ones() for each in partners] == [[left_open]] * len(partners)
            happened += sandbox.simulate()
            wait_until_they_know()

            # When they are killed, what happens while they are away is told them afterwards
            for partner in partners:
                partner.kill()
            happened += sandbox.simulate()
            for partner in partners:
                partner.start()
            wait_until_they_know()

            # When the server is killed, so is what happens meanwhile
            server.kill()
        happened += sandbox.simulate()
        with installation.serving("--port", port):
            wait_until_they_know()

            # When they come back with a place that is not kept, they begin anew
            for partner in partners:
                partner.kill()
                partner.place.write_text(NOT_KEPT)
                partner.start()
            wait(lambda it: it.kept() not in (None, NOT_KEPT))
            assert [each.open_ones() for each in partners] == [[left_open] * 2] * len(partners)
            happened += sandbox.simulate()
            wait_until_they_know()

            # When their token is withdrawn, they do not try again, and say why
            sandbox.revoke(token_id)
            time.sleep(REVOKED_WITHIN_S)
            sandbox.simulate()
            for partner in partners:
                assert partner.ended() == 1
                assert "\nstopped: " in partner.complained()
        assert [each.events() for each in partners] == [happened] * len(partners)

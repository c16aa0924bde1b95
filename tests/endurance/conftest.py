"""Tells the figures of each play at the end of the run."""

from __future__ import annotations

import pytest

FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> list[str]:
    """Lines that are shown at the end of the run, whatever comes of the test."""
    return request.config.stash.setdefault(FIGURES, [])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Show what the plays have measured."""
    lines = config.stash.get(FIGURES, [])
    if lines:
        terminalreporter.section("followed to the end")
        for line in lines:
            terminalreporter.line(line)

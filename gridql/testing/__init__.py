"""Tests of a plugin: pytest fixtures, for a `conftest.py` in its folder to import.

from gridql.testing import *

`plugin` is the plugin, loaded; `judge` gives what its forms and its code make of answers;
`golden_case` stands for each file in its folder `cases`, one test for each; `server` is a server
in memory that has the plugin in. Needs the extra `testing`.
"""

from gridql.testing.fixtures import (
    golden_case,
    judge,
    plugin,
    plugin_dir,
    pytest_generate_tests,
    server,
)
from gridql.testing.judging import GoldenCase, Judge, Judged
from gridql.testing.serving import Server

__all__ = [
    "GoldenCase",
    "Judge",
    "Judged",
    "Server",
    "golden_case",
    "judge",
    "plugin",
    "plugin_dir",
    "pytest_generate_tests",
    "server",
]

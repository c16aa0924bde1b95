"""Logging: set up here alone, by whatever command begins."""

from __future__ import annotations

import logging
import time

_CHATTY = ("tortoise", "uvicorn.error", "watchfiles")
"""Loggers of libraries that tell, at INFO, when they begin and end."""

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s  %(message)s"


def set_up(level: str, quiet: tuple[str, ...] = ()) -> None:
    """Log what is at least as severe as `level` to stderr, with times in UTC.

    Of the loggers `quiet` only errors: the command says itself what they would.
    """
    formatter = logging.Formatter(_FORMAT, "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    if level != "DEBUG":
        for name in _CHATTY:
            logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
    for name in quiet:
        logging.getLogger(name).setLevel(logging.ERROR)

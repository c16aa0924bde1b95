"""Logging: set up here alone, by whatever command begins."""

from __future__ import annotations

import logging
import time

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
    for name in quiet:
        logging.getLogger(name).setLevel(logging.ERROR)

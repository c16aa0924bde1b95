"""Watching the folders of plugins: something is called soon after something in them has changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path

from watchfiles import awatch

log = logging.getLogger("gridql.plugins")

QUIET_MS = 1500
"""So long nothing has to change before what has changed is taken in: files come one by one."""

PATIENCE_MS = 30_000
"""Where there is no quiet, what has changed by then is taken in.

Long, because what is published stays as it is: half of what is being copied would, too. Whoever
cannot wait has `reloadPlugins`.
"""

LOOK_MS = 1000
"""How often it is looked whether a folder has appeared or gone, or a single file has changed."""

_RETRY_S = 5.0

_Looks = Mapping[Path, tuple[int, ...] | None]


async def watch(
    folders: Sequence[Path], files: Sequence[Path], changed: Callable[[], Awaitable[object]]
) -> None:
    """Call `changed` after every change, until cancelled.

    `folders` are watched with all that lies in them, and need not be there yet; of `files` only
    themselves, however much is written beside them.
    """
    while True:
        try:
            await _watch(folders, files, changed)
        except Exception:  # one that cannot be read, most likely; it is tried again
            log.exception("watching the plugins failed; trying again in %s s", _RETRY_S)
            await asyncio.sleep(_RETRY_S)


async def _watch(
    folders: Sequence[Path], files: Sequence[Path], changed: Callable[[], Awaitable[object]]
) -> None:
    """Watch the folders that are there, until others are."""
    before, looks = _folders(folders), _files(files)
    # By the first time the system tells of changes; what has changed before that is not lost.
    anything = True
    async with aclosing(_tidings([folder for folder in folders if folder.is_dir()])) as tidings:
        async for changes in tidings:
            looked, looks = looks, _files(files)
            if changes or anything or looks != looked:
                await changed()
            anything = False
            if _folders(folders) != before:
                return


async def _tidings(folders: Sequence[Path]) -> AsyncGenerator[bool]:
    """Whether anything has changed since the last time: as soon as it has, and every LOOK_MS."""
    while not folders:
        await asyncio.sleep(LOOK_MS / 1000)
        yield False
    found = awatch(
        *folders,
        debounce=PATIENCE_MS,
        step=QUIET_MS,
        rust_timeout=LOOK_MS,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    )
    async with aclosing(found) as series:
        async for changes in series:
            yield bool(changes)


def _folders(folders: Sequence[Path]) -> _Looks:
    return {folder: _facts(folder, "st_dev", "st_ino") for folder in folders}


def _files(files: Sequence[Path]) -> _Looks:
    return {file: _facts(file, "st_ino", "st_size", "st_mtime_ns") for file in files}


def _facts(path: Path, *names: str) -> tuple[int, ...] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return tuple(getattr(stat, name) for name in names)

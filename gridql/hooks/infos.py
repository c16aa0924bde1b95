"""What there is to say about a plugin: that it is in, or out and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from traceback import StackSummary, TracebackException

from gridql.forms.faults import FormFault
from gridql.forms.version import FormVersion
from gridql.words import Word

_AROUND = re.compile(r"^<frozen importlib|[/\\](gridql[/\\]hooks|pluggy)[/\\]\w+\.py$")
"""What stands between a plugin's code and what called it, and tells nobody anything."""


class PluginKind(Word):
    """Whether a plugin brings code."""

    DATA = "DATA", "Form documents only."
    CODE = "CODE", "Implementations of hooks too."


@dataclass(frozen=True)
class PluginInfo:
    """A plugin that is in."""

    name: str
    kind: PluginKind
    source: str
    """The folder, or the entry point, that it came from."""
    forms: tuple[FormVersion, ...]
    drafts: tuple[str, ...] = ()
    """Form versions that are still being written and are not published, by the type that they will
    have."""


@dataclass(frozen=True)
class Quarantined:
    """A plugin that is out, or the state of one that is not taken in, and why.

    For the administrator's eyes only.
    """

    name: str
    source: str
    reason: str
    faults: tuple[FormFault, ...] = ()
    traceback: str | None = None
    has_code: bool = False
    """Whether submissions go without what its hooks would say."""


@dataclass(frozen=True)
class Disabled:
    """A plugin that an administrator has disabled: nothing of it was read."""

    name: str
    source: str


class Refused(Exception):
    """A plugin is not taken; the message is the reason."""


def _shown(error: BaseException) -> str:
    try:
        return repr(error)
    except BaseException:  # which is a plugin's code, too
        return type(error).__name__


class Raised(Exception):
    """A plugin's code raised something; made where it did, since its own words are code, too."""

    def __init__(self, what: str, error: BaseException) -> None:
        super().__init__(f"{what} raised {_shown(error)}")
        told = TracebackException.from_exception(error)
        frames = [each for each in told.stack if not _AROUND.search(each.filename)]
        told.stack = StackSummary.from_list(frames)
        self.traceback = "".join(told.format())

"""What a reload has changed, and how it is asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gridql.hooks.plugins import Plugins, Taken
from gridql.words import Word


class PluginChangeKind(Word):
    """What has become of a plugin."""

    ADDED = "ADDED", "It is in, and was not before."
    CHANGED = "CHANGED", "Its forms or its code are others."
    REMOVED = "REMOVED", "It was in, and is not any more."
    REFUSED = "REFUSED", "What is there now is not taken; what was in before, if any, goes on."


@dataclass(frozen=True, slots=True)
class Change:
    """What has become of one plugin."""

    plugin: str
    kind: PluginChangeKind


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What a reload has come to."""

    plugins: Plugins
    changes: tuple[Change, ...] = ()
    published: tuple[str, ...] = ()
    """Form versions that were published by it, by the type of their answers."""
    retired: tuple[str, ...] = ()
    """Those that take no new answers since, because their plugin was disabled or denied."""
    revived: tuple[str, ...] = ()
    """Those that take answers again."""

    @property
    def nothing(self) -> bool:
        """Whether all is as it was."""
        return not (self.changes or self.published or self.retired or self.revived)


Reload = Callable[[], Awaitable[Reloaded]]
"""Looks at all plugins again, also at those that were put out, and takes in what has changed."""


def changes(before: Plugins, now: Plugins) -> tuple[Change, ...]:
    """What is otherwise than before, plugin by plugin."""
    old = {each.name: before.taken[each.name] for each in before.loaded}
    new = {each.name: now.taken[each.name] for each in now.loaded}
    found = [
        Change(name, PluginChangeKind.CHANGED if name in old else PluginChangeKind.ADDED)
        for name, taken in new.items()
        if name not in old or _differ(old[name], taken)
    ]
    refused = [each for each in now.quarantined if each not in before.quarantined]
    found += [Change(each.name, PluginChangeKind.REFUSED) for each in refused]
    gone = old.keys() - new.keys() - {each.name for each in refused}
    return (*found, *(Change(name, PluginChangeKind.REMOVED) for name in sorted(gone)))


def _differ(old: Taken, new: Taken) -> bool:
    return old.code is not new.code or [form.hash for form in old.info.forms] != [
        form.hash for form in new.info.forms
    ]

"""Taking in what has changed among the plugins: made beside what serves, and swapped at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace

from graphql import GraphQLSchema

from gridql import schema
from gridql.forms.library import Library, Published
from gridql.forms.version import FormVersion
from gridql.graph.forms import with_forms
from gridql.hooks import Discovery, Plugins, Reloaded, changes
from gridql.server.parts import Parts, Served

log = logging.getLogger("gridql.plugins")


class Reloading:
    """What the plugins of a server are at present, and how that changes."""

    def __init__(self, discovery: Discovery, library: Library) -> None:
        self._discovery = discovery
        self._library = library
        self._one_at_a_time = asyncio.Lock()
        self._parts: Parts | None = None
        self._typed: Sequence[Published] = ()

    async def begin(self) -> Plugins:
        """Find and publish for the first time."""
        plugins = await asyncio.to_thread(self._discovery.run)
        await self._publish(self._library, plugins, None)
        return plugins

    def typed(self, frame: GraphQLSchema) -> GraphQLSchema:
        """The schema with the types of all that is published; `frame` is used up by it."""
        versions = self._library.all()
        made = with_forms(frame, [published.form for published in versions])
        self._typed = versions
        return made

    def serve(self, parts: Parts) -> None:
        """Swap what `parts` serve from when something has changed."""
        self._parts = parts

    async def reload(self) -> Reloaded:
        """Look at everything again, also at what was put out; serve from what has come of it."""
        return await self._reload(again=True)

    async def take_changes(self) -> Reloaded:
        """The same, but leave out what was put out until its files change."""
        return await self._reload(again=False)

    async def _reload(self, *, again: bool) -> Reloaded:
        parts = self._parts
        assert parts is not None
        async with self._one_at_a_time:
            before = parts.services.plugins
            plugins = await asyncio.to_thread(self._discovery.run, before, again=again)
            # Requests judge by the old library and ask the old hooks until all is swapped at once.
            library = copy(parts.services.library)
            retired, revived = await self._publish(library, plugins, before)
            now, served, typed = library.all(), parts.served, {each.id for each in self._typed}
            if {each.id for each in now} != typed:
                served = await asyncio.to_thread(_prepared, parts, now)
            parts.serve(replace(parts.services, plugins=plugins, library=library), served)
            self._typed = now
            reloaded = Reloaded(
                plugins,
                changes(before, plugins),
                _types(each.form for each in now if each.id not in typed),
                _types(each.form for each in retired),
                _types(each.form for each in revived),
            )
        if not reloaded.nothing:
            _tell(reloaded)
        return reloaded

    async def _publish(
        self, library: Library, plugins: Plugins, before: Plugins | None
    ) -> tuple[list[Published], list[Published]]:
        """Publish what is new; who brings what the library refuses is put out, or back."""
        for refused in await library.publish(plugins.forms()):
            plugins.quarantine(refused.form.plugin, refused.reason, before)
        return await library.retire(plugins.excluded, plugins.forms())


def _prepared(parts: Parts, versions: Sequence[Published]) -> Served:
    return parts.prepare(with_forms(schema.frame(), [each.form for each in versions]))


def _types(forms: Iterable[FormVersion]) -> tuple[str, ...]:
    return tuple(form.type_name for form in forms)


def _tell(reloaded: Reloaded) -> None:
    said = [f"{each.plugin} {each.kind.value.lower()}" for each in reloaded.changes]
    for word, names in (
        ("published", reloaded.published),
        ("retired", reloaded.retired),
        ("revived", reloaded.revived),
    ):
        if names:
            said.append(f"{word} {', '.join(names)}")
    log.info("plugins were reloaded: %s", "; ".join(said))

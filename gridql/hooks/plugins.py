"""The plugins of a server at one time: what is in, what is out, and asking their code."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from gridql.forms.shape import ObjectShape, type_names
from gridql.forms.verdict import Found
from gridql.forms.version import FormVersion
from gridql.hooks.infos import Disabled, PluginInfo, Quarantined, Refused
from gridql.hooks.saying import Code, Said, together, told

HOOK_TIMEOUT_S = 1.0


@dataclass(frozen=True)
class Taken:
    """A plugin as it was loaded."""

    info: PluginInfo
    shapes: tuple[ObjectShape, ...] = ()
    code: Code | None = None
    mark: object = None
    """What its files looked like."""
    places: tuple[Any, ...] = field(default=(), repr=False)
    """Folders beside its own that its forms come from."""

    @property
    def failure(self) -> Quarantined | None:
        """What one of its hooks has put it out for."""
        return self.code.failure if self.code else None


class Plugins:
    """The plugins of this server. Nothing here raises because of what a plugin does."""

    def __init__(
        self, hook_timeout_s: float = HOOK_TIMEOUT_S, excluded: Collection[str] = ()
    ) -> None:
        self.excluded = frozenset(excluded)
        """Names that are disabled or denied, whether there is such a plugin or not."""
        self._hook_timeout_s = hook_timeout_s
        self._taken: dict[str, Taken] = {}
        self._members: set[str] = set()
        self._out: list[Quarantined] = []
        self._disabled: list[Disabled] = []

    @property
    def loaded(self) -> tuple[PluginInfo, ...]:
        """The plugins that are in, in the order of discovery."""
        return tuple(each.info for each in self._taken.values() if each.failure is None)

    @property
    def quarantined(self) -> tuple[Quarantined, ...]:
        """What is out, with reasons.

        Where a plugin of that name and source is in, it is as it was before a change that could
        not be taken.
        """
        failures = (each.failure for each in self._taken.values())
        return (*self._out, *(failure for failure in failures if failure is not None))

    @property
    def disabled(self) -> tuple[Disabled, ...]:
        """What is there and is left out because an administrator has disabled it."""
        return tuple(self._disabled)

    @property
    def taken(self) -> Mapping[str, Taken]:
        """What was taken in, by name; also what a hook has put out since."""
        return self._taken

    def forms(self) -> list[FormVersion]:
        """The forms of all plugins that are in."""
        return [form for plugin in self.loaded for form in plugin.forms]

    async def ask(self, form: FormVersion, answers: Any) -> Said:
        """What the plugins' code says about sound answers; one that fails is out from then on.

        All are asked at once. Never await it within a transaction: it takes as long as they take.
        """
        codes = self._codes()
        if not codes:
            return Said(unheard=self._unheard())
        limit_s = self._hook_timeout_s
        said = await asyncio.gather(*(code.ask(form, answers, limit_s) for code in codes))
        return replace(together(said), unheard=self._unheard())

    def findings(self, form: FormVersion, answers: Any) -> tuple[Found, ...]:
        """Only what their code finds, where there is no event loop."""
        return self.ask_here(form, answers).findings

    def ask_here(self, form: FormVersion, answers: Any) -> Said:
        """The same where there is no event loop: the caller waits."""
        said = [code.ask_here(form, answers, self._hook_timeout_s) for code in self._codes()]
        return replace(together(said), unheard=self._unheard())

    def take(self, taken: Taken, *, fits: bool = False) -> None:
        """Take in a plugin; Refused where it cannot stand beside those that are in.

        With `fits` it is known already that its types can.
        """
        name, forms = taken.info.name, taken.info.forms
        if name in self._taken:
            source = self._taken[name].info.source
            raise Refused(f"there is a plugin {name!r} already, from {source}")
        for form in forms:
            if form.member_name in self._members:
                raise Refused(f"version {form.version} of the form {form.name} is there twice")
        names = [form.member_name for form in forms]
        twice = next((form for form in forms if names.count(form.member_name) > 1), None)
        if twice is not None:
            raise Refused(f"version {twice.version} of the form {twice.name} is there twice")
        if not fits:
            try:
                type_names(chain(self.shapes(), taken.shapes))
            except ValueError as error:
                raise Refused(str(error)) from error
        self._taken[name] = taken
        self._members.update(names)

    def shapes(self) -> Iterator[ObjectShape]:
        """The shapes of the forms of all that was taken in."""
        return chain.from_iterable(each.shapes for each in self._taken.values())

    def quarantine(self, name: str, reason: str, before: Plugins | None = None) -> None:
        """Put out the plugin `name`, or put it back to what it was `before`.

        Forms of it that were published stay published.
        """
        taken = self._taken[name]
        earlier = before.taken.get(name) if before else None
        if earlier is not None and earlier.info.source == taken.info.source:
            self._taken[name] = earlier
        else:
            del self._taken[name]
        out = Quarantined(name, taken.info.source, reason, has_code=taken.code is not None)
        self.put_out(out, before)

    def put_out(self, out: Quarantined, before: Plugins | None = None) -> None:
        """Record that something is out; the log hears of it unless it was so `before`."""
        self._out.append(out)
        if before is None or out not in before.quarantined:
            told(out)

    def disable(self, disabled: Disabled) -> None:
        """Record that something is disabled."""
        self._disabled.append(disabled)

    def _codes(self) -> list[Code]:
        codes = (each.code for each in self._taken.values() if each.failure is None)
        return [code for code in codes if code is not None and code.judges]

    def _unheard(self) -> tuple[str, ...]:
        kept = {each.name for each in self.loaded}
        names = [each.name for each in self.quarantined if each.has_code and each.name not in kept]
        return tuple(dict.fromkeys(names))

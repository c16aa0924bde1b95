"""What the code of one plugin says about answers, asked in its own threads and checked."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import orjson
import pluggy

from gridql.errors import LANGS, Text, storable
from gridql.forms.verdict import Found, obstacle
from gridql.forms.version import FormVersion
from gridql.hooks.infos import PluginKind, Quarantined, Raised, Refused
from gridql.hooks.threads import Closed, Lane, Outcome, Overdue
from gridql.plugin import Objection

log = logging.getLogger("gridql.plugins")

MOST_SAID = 200
"""Findings, or objections, of one plugin about one set of answers."""

MOST_REMARK = 2000
MOST_TEXT = 500
MOST_POINTER = 200

_POINTER = re.compile(r"(/[A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Said:
    """What plugins say about one set of answers."""

    findings: tuple[Found, ...] = ()
    objections: tuple[Objection, ...] = ()
    unheard: tuple[str, ...] = ()
    """Plugins that would have been asked, and are out because they failed."""


class Code:
    """The hooks of one plugin; once one of them fails, none is called any more."""

    def __init__(self, name: str, source: str, hooks: pluggy.PluginManager, lane: Lane) -> None:
        self.name = name
        self.failure: Quarantined | None = None
        self._source = source
        self._hooks = hooks
        self._lane = lane
        asked = (hooks.hook.findings, hooks.hook.objections)
        self.judges = any(hook.get_hookimpls() for hook in asked)
        """Whether there is anything to ask it about answers."""

    async def ask(self, form: FormVersion, answers: Any, limit_s: float) -> Said:
        """What it says; unheard where it fails, takes longer than `limit_s`, or has failed."""
        try:
            return self._heard(await self._lane.run(lambda: self._ask(form, answers), limit_s))
        except (Overdue, Closed):
            return self._late(limit_s)

    def ask_here(self, form: FormVersion, answers: Any, limit_s: float) -> Said:
        """The same where there is no event loop: the caller waits."""
        try:
            return self._heard(self._lane.run_here(lambda: self._ask(form, answers), limit_s))
        except (Overdue, Closed):
            return self._late(limit_s)

    def _ask(self, form: FormVersion, answers: Any) -> Said:
        # Answers of its own: a hook that changes them changes nothing.
        own = orjson.loads(orjson.dumps(answers))
        objections = self._call("objections", form, own, _objection)
        own = orjson.loads(orjson.dumps(answers))
        return Said(tuple(self._call("findings", form, own, _finding)), tuple(objections))

    def _call(self, hook: str, form: FormVersion, answers: Any, checked: Any) -> list[Any]:
        try:
            listed = getattr(self._hooks.hook, hook)(form=form, answers=answers)
            said = islice((each for part in listed for each in part or ()), MOST_SAID + 1)
            found = [checked(each) for each in said]
        except Refused as refused:
            raise Refused(f"the hook `{hook}` returned {refused}") from None
        except BaseException as error:
            raise Raised(f"the hook `{hook}`", error) from None
        if len(found) > MOST_SAID:
            raise Refused(f"the hook `{hook}` returned more than {MOST_SAID}")
        return found

    def _heard(self, outcome: Outcome) -> Said:
        match outcome.error:
            case None:
                said: Said = outcome.value
                return said
            case Raised() as raised:
                return self._fail(str(raised), raised.traceback)
            case Refused() as refused:
                return self._fail(str(refused))
            case error:
                return self._fail(f"asking its hooks raised {type(error).__name__}")

    def _late(self, limit_s: float) -> Said:
        return self._fail(f"its hooks took longer than {limit_s:g} s (plugins_hook_timeout_s)")

    def _fail(self, reason: str, traceback: str | None = None) -> Said:
        if self.failure is None:
            self.failure = Quarantined(
                self.name, self._source, reason, traceback=traceback, has_code=True
            )
            self._lane.close()
            told(self.failure)
        return Said(unheard=(self.name,))


def kind_of(code: Code | None) -> PluginKind:
    """The kind of a plugin with that code, or without any."""
    return PluginKind.DATA if code is None else PluginKind.CODE


def told(out: Quarantined) -> None:
    """Tell the administrator of it, in the log."""
    lines = [str(fault) for fault in out.faults] + (out.traceback or "").splitlines()
    details = "".join(f"\n  {line}" for line in lines)
    log.warning("plugin %s is out: %s%s", out.name, out.reason, details)


def together(said: Iterable[Said]) -> Said:
    """All of it as one."""
    parts = list(said)
    return Said(
        tuple(each for part in parts for each in part.findings),
        tuple(each for part in parts for each in part.objections),
        tuple(each for part in parts for each in part.unheard),
    )


def _finding(found: Any) -> Found:
    reason = obstacle(found)
    if reason:
        raise Refused(reason)
    it: Found = found
    own = replace(it, title=_own(it.title), basis=tuple(map(_own, it.basis)))
    if not all(storable(text) for text in _texts(own)):
        raise Refused(f"a finding {it.rule!r} with a text that no database keeps")
    if own.remark is not None and len(own.remark) > MOST_REMARK:
        raise Refused(f"a finding {it.rule!r} with a remark of more than {MOST_REMARK} characters")
    return own


def _objection(objection: Any) -> Objection:
    if not isinstance(objection, Objection):
        raise Refused(f"{objection!r} is no Objection")
    it: Any = objection  # whoever writes a plugin is not held to its types
    if not isinstance(it.at, str) or len(it.at) > MOST_POINTER or not _POINTER.fullmatch(it.at):
        raise Refused(f"an objection with at {it.at!r}")
    if not _sound(it.text):
        raise Refused(f"an objection with text {it.text!r}")
    return Objection(str(it.at), _own(it.text))


def _sound(text: Any) -> bool:
    return isinstance(text, Mapping) and all(
        isinstance(said := text.get(lang), str) and 0 < len(said) <= MOST_TEXT and storable(said)
        for lang in LANGS
    )


def _own(text: Text) -> dict[str, str]:
    """A text as the plugin can change it no more."""
    return {lang: str(text[lang]) for lang in LANGS}


def _texts(found: Found) -> Iterator[str]:
    texts: list[Mapping[str, str]] = [found.title, *found.basis]
    yield found.rule
    yield found.remark or ""
    for text in texts:
        yield from text.values()

"""What a plugin imports: the hooks that it may implement, and the words to do it with.

from gridql.plugin import Found, Objection, Severity, hookimpl

@hookimpl
def objections(form, answers):
    if form.name == "shop" and answers.get("guests", 0) > answers.get("seats", 0):
        return [Objection("/guests", {"zh": "人数多于座位数", "en": "More guests than seats"})]

@hookimpl
def findings(form, answers):
    if form.name == "shop" and answers.get("floors", 1) > 2:
        return [Found("tooHigh", "/floors", Severity.SERIOUS, "ESCAPE_ROUTE", days=7,
                      title={"zh": "经营场所超过两层", "en": "More than two floors"})]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pluggy

from gridql.errors import Text
from gridql.forms.verdict import Found
from gridql.forms.version import FindingSeverity as Severity
from gridql.forms.version import FormKind, FormVersion, SubjectKind

__all__ = [
    "FormKind",
    "FormVersion",
    "Found",
    "Hooks",
    "Objection",
    "Severity",
    "SubjectKind",
    "Text",
    "hookimpl",
]

PROJECT = "gridql"
"""The group of entry points, and what pluggy knows the hooks by."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin as the implementation of the hook of the same name."""


@dataclass(frozen=True, slots=True)
class Objection:
    """A reason to refuse answers that no form can state."""

    at: str
    """JSON Pointer to the answer that it is about; empty where it is about all of them."""
    text: Text
    """What is wrong, for whoever fills the form in: in zh and en, at most 500 characters."""


class Hooks(Protocol):
    """The hooks; a plugin implements those that it needs, with the parameters that it needs.

    They are called in threads, several at once, and have `plugins_hook_timeout_s` for each set of
    answers. One that fails or takes longer puts its plugin out; the answers are taken without it.
    """

    @hookspec
    def forms(self) -> Sequence[Path]:
        """Form documents, or folders of them, besides the plugin's own folder `forms`."""

    @hookspec
    def objections(
        self, form: FormVersion, answers: Mapping[str, Any]
    ) -> Sequence[Objection] | None:
        """Why sound `answers` cannot be taken all the same; nothing is kept where there is any."""

    @hookspec
    def findings(self, form: FormVersion, answers: Mapping[str, Any]) -> Sequence[Found] | None:
        """What sound `answers` reveal beyond the rules that stand in the form itself."""

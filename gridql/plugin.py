"""What a plugin imports: the hooks that it may implement, and the words to do it with.

from gridql.plugin import Found, Severity, hookimpl

@hookimpl
def findings(form, answers):
    if form.name == "shop" and answers.get("floors", 1) > 2:
        return [Found("tooHigh", "/floors", Severity.SERIOUS, "ESCAPE_ROUTE", days=7,
                      title={"zh": "经营场所超过两层", "en": "More than two floors"})]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


class Hooks(Protocol):
    """The hooks; a plugin implements those that it needs, with the parameters that it needs."""

    @hookspec
    def forms(self) -> Sequence[Path]:
        """Form documents, or folders of them, besides the plugin's own folder `forms`."""

    @hookspec
    def findings(self, form: FormVersion, answers: Mapping[str, Any]) -> Sequence[Found] | None:
        """What sound `answers` reveal beyond the rules that stand in the form itself."""

"""What is wrong with a form document: all of it together, each with its place and a proposal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gridql.errors import SetupError

MAX_FAULTS = 1000
"""More would tell nobody anything."""


@dataclass(frozen=True, slots=True)
class FormFault:
    """One thing that keeps a form out: the file, where in it (JSON Pointer), why, what to do."""

    file: str
    pointer: str
    reason: str
    proposal: str

    def __str__(self) -> str:
        return f"{self.file}#{self.pointer}: {self.reason}. {self.proposal}"


class FormRejected(SetupError):
    """A form document cannot be taken; carries the faults that were found."""

    def __init__(self, faults: Iterable[FormFault]) -> None:
        self.faults = tuple(dict.fromkeys(faults))[:MAX_FAULTS]
        super().__init__("\n".join(map(str, self.faults)))

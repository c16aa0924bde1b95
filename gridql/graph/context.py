"""What every resolver has at hand: who asks, in which language, and the services of the process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gridql.access.roles import Actor
from gridql.access.vault import Vault
from gridql.database import Database
from gridql.errors import Lang
from gridql.forms.library import Library
from gridql.graph.reader import Reader
from gridql.graph.visibility import Audience
from gridql.handling import Handling
from gridql.hooks import Plugins, Reload
from gridql.journal.tail import Tail


class Wrong(NamedTuple):
    """Something that is wrong with a document, and in which of its lines."""

    message: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Outlet:
    """Where webhooks are delivered from, as far as who registers one has to know."""

    faults: Callable[[str], Sequence[Wrong]]
    """What is wrong with a document of one subscription with one field."""
    private_addresses: bool
    """Whether events may be sent to addresses that are not of the public internet, and by http."""
    wake: Callable[[], None]
    """Look at once at what was registered or changed, instead of at the next poll."""


@dataclass(frozen=True, slots=True)
class Services:
    """What one process has one of."""

    database: Database
    reader: Reader
    library: Library
    plugins: Plugins
    tail: Tail
    vault: Vault
    handling: Handling
    """The rules by which hazards are handled here."""
    reload: Reload | None = None
    """How plugins are looked at again; None where nobody serves them."""
    outlet: Outlet | None = None
    """Where webhooks are delivered from; None where nobody does."""


@dataclass(frozen=True, slots=True)
class Context:
    """One request."""

    actor: Actor
    lang: Lang
    request_id: str
    services: Services

    @property
    def audience(self) -> Audience:
        """Who the answer is for."""
        return Audience(self.actor, self.lang)

"""All rows of a world in memory, by the type that shows them: columns by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from tortoise.models import Model

from gridql.domain.agencies.models import Webhook, WebhookDelivery
from gridql.domain.areas.models import Area, Grid
from gridql.domain.hazards.models import Hazard, HazardPart
from gridql.domain.people.models import Household, Resident
from gridql.domain.places.models import Place
from gridql.domain.submissions.models import Finding, Submission
from gridql.domain.visits.models import Visit
from gridql.domain.workers.models import GridWorker
from gridql.forms.models import PublishedForm
from gridql.journal.models import Entry

Row = Mapping[str, Any]

MODELS: Mapping[str, type[Model]] = {
    "Area": Area,
    "Grid": Grid,
    "GridWorker": GridWorker,
    "Household": Household,
    "Resident": Resident,
    "Place": Place,
    "Visit": Visit,
    "FormVersion": PublishedForm,
    "Submission": Submission,
    "Finding": Finding,
    "Hazard": Hazard,
    "HazardPart": HazardPart,
    "HazardEvent": Entry,
    "Webhook": Webhook,
    "WebhookDelivery": WebhookDelivery,
}


@dataclass(frozen=True)
class Tables:
    """The rows of every type, in no order that matters."""

    rows: Mapping[str, Sequence[Row]]
    journal_end: int
    """Position of the last entry, whatever it is about."""

    def find(self, name: str, key: int | str | None) -> Row | None:
        """The row of that type with that key."""
        for row in self.rows[name]:
            if row[key_of(name)] == key:
                return row
        return None

    def values(self, name: str, column: str) -> list[Any]:
        """What a column holds, each once and without null."""
        found = (row[column] for row in self.rows[name])
        return list(dict.fromkeys(value for value in found if value is not None))


async def load() -> Tables:
    """Everything in the database that Tortoise is connected to."""
    rows = {
        name: [_row(each) for each in await model.all().order_by(model._meta.pk_attr)]
        for name, model in MODELS.items()
    }
    entries = rows["HazardEvent"]
    rows["HazardEvent"] = [entry for entry in entries if entry["subject_type"] == "Hazard"]
    return Tables(rows, journal_end=max(entry["position"] for entry in entries))


def _row(instance: Model) -> Row:
    # What is sealed is no one's to read, and sealed anew in every database.
    columns = type(instance)._meta.fields_db_projection
    return {
        column: _plain(getattr(instance, name))
        for name, column in columns.items()
        if not column.startswith("seal") and not column.endswith("_sealed")
    }


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def key_of(name: str) -> str:
    """The column that tells the rows of a type apart."""
    return "code" if name in ("Area", "Grid") else "id"


def global_id(name: str, row: Row) -> str:
    """What the API calls the row."""
    return f"{name}:{row[key_of(name)]}"


def key_in(name: str, text: str) -> int | str | None:
    """The key in the global id of a row of that type; None for anything else."""
    of, _, key = text.partition(":")
    if of != name or not (key.isascii() and key.isdigit()):
        return None
    if key_of(name) == "code":
        return key
    return int(key) if key == str(int(key)) else None


def shown(value: Any) -> Any:
    """A column's value as JSON has it."""
    if isinstance(value, datetime):
        return moment_text(value)
    return str(value) if isinstance(value, UUID) else value


def moment_text(moment: datetime) -> str:
    """A moment in UTC, its fraction without zeros at the end."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return f"{text}+00:00"

"""The base of every table: ids, the grid that a row lies in, and two column types."""

from __future__ import annotations

from copy import copy
from datetime import UTC, datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model


class UtcField(fields.DatetimeField[Any]):
    """A moment in UTC.

    Stored on SQLite as the text that PostgreSQL prints for it in JSON (`utc_text`), so that both
    databases answer with the same bytes, and the text sorts by time.
    """

    class _db_sqlite:
        SQL_TYPE = "TEXT"

    def to_db_value(self, value: Any, instance: Any) -> Any:
        self.validate(value)
        return value

    def to_python_value(self, value: Any) -> Any:
        return datetime.fromisoformat(value) if isinstance(value, str) else value


class DocumentField(fields.JSONField[Any]):
    """A JSON document kept as it was written: the order of its members is part of it."""

    class _db_postgres:
        SQL_TYPE = "JSON"


def utc_text(moment: datetime) -> str:
    """The text that stands for `moment` in JSON: RFC 3339, UTC, fraction without trailing zeros."""
    head, point, fraction = moment.astimezone(UTC).isoformat().partition(".")
    return f"{head}.{fraction[:6].rstrip('0')}+00:00" if point else head


def reference(
    model: str,
    description: str,
    *,
    null: bool = False,
    index: bool = False,
    column: str | None = None,
    on_delete: fields.OnDelete = fields.RESTRICT,
) -> Any:
    """A foreign key to the table of `model`; nothing leads back from there.

    `index` is for those by which rows are looked up; `column` for one not called `<name>_id`.
    """
    options: dict[str, Any] = {"null": null, "db_index": index, "source_field": column}
    return fields.ForeignKeyField(
        f"gridql.{model}",
        related_name=False,
        on_delete=on_delete,
        description=description,
        **options,
    )


class Row(Model):
    """A row with a number of its own."""

    id = fields.BigIntField(primary_key=True, description="Number of the row.")

    class Meta:
        abstract = True


class GridRow(Row):
    """A row that lies in a grid; `grid_code` is what scopes and `under` filters look at."""

    grid: fields.ForeignKeyRelation[Any] = reference(
        "Grid", "The grid that it lies in.", column="grid_code"
    )
    grid_id: str

    def __init_subclass__(cls) -> None:
        # Tortoise shares the field object of an abstract base between its tables, and keeps
        # in it what the first of them needed.
        cls._meta.fields_map["grid"] = copy(cls._meta.fields_map["grid"])

    class Meta:
        abstract = True

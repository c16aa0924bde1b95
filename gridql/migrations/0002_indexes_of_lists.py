"""Indexes for all that lists are filtered and ordered by, and for the figures of open hazards."""

from typing import Any

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

REPLACED = [
    ("Hazard", ["grid_code", "status", "severity"]),
    ("Hazard", ["status", "severity", "reported_at"]),
    ("Hazard", ["reported_at", "id"]),
    ("Place", ["scheme", "category"]),
]

ADDED = [
    # Lists in their usual order: all, under an area, and by what they are most often filtered by.
    ("Hazard", ["reported_at", "id", "grid_code"]),
    ("Hazard", ["status", "reported_at", "id", "grid_code", "severity"]),
    ("Hazard", ["severity", "reported_at", "id"]),
    ("Visit", ["visited_at", "id", "grid_code"]),
    ("Visit", ["kind", "visited_at", "id"]),
    ("Visit", ["outcome", "visited_at", "id"]),
    ("Submission", ["submitted_at", "id", "area_code"]),
    ("Submission", ["worker_id", "submitted_at"]),
    # Filters by themselves; a grid's workers are looked up by their grid.
    ("Submission", ["observed_at"]),
    ("Grid", ["kind"]),
    ("GridWorker", ["grid_code", "active"]),
    ("GridWorker", ["duty"]),
    ("Resident", ["gender", "birth_year"]),
    ("Resident", ["birth_year"]),
]

EXPRESSIONS = {
    # Coverage counts the open ones, by grid; closed ones pile up over the years. The status is in
    # it because SQLite would look it up in the row.
    "hazard_open": "hazard (grid_code, severity, status) "
    "where status in ('REPORTED', 'DISPATCHED', 'RECTIFYING', 'RECHECKING')",
    # Lists ordered by severity sort by its rank (graph/kinds.py, Column.sortable).
    "hazard_severity": "hazard ((case severity when 'MINOR' then 1 when 'SERIOUS' then 2 "
    "when 'SUSPECTED_MAJOR' then 3 when 'MAJOR' then 4 end), id)",
}

TEXTS = {
    # Equal to a text, or beginning with it.
    "area_name": ("area", "name", ""),
    "grid_name": ("grid", "name", ""),
    "resident_name": ("resident", "name", ""),
    "place_name": ("place", "name", ""),
    "place_category": ("place", "category", ""),
    "place_scheme": ("place", "scheme", ", category"),
    "hazard_category": ("hazard", "category", ", reported_at, id"),
    # Also what a department sees at all.
    "hazard_department": ("hazard", "department", ", reported_at, id"),
}


async def index_texts(apps: Any, editor: Any) -> None:
    """By code points, which on PostgreSQL is not how the database's collation sorts."""
    by_code_points = " varchar_pattern_ops" if editor.DIALECT == "postgres" else ""
    for name, (table, column, rest) in TEXTS.items():
        await editor.client.execute_script(
            f"CREATE INDEX {name} ON {table} ({column}{by_code_points}{rest})"
        )


async def drop_texts(apps: Any, editor: Any) -> None:
    """The way back."""
    for name in TEXTS:
        await editor.client.execute_script(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("gridql", "0001_initial")]

    initial = False

    operations = [
        *(ops.RemoveIndex(model_name=model, fields=fields) for model, fields in REPLACED),
        *(ops.AddIndex(model_name=model, index=Index(fields=fields)) for model, fields in ADDED),
        ops.RunSQL(
            [f"CREATE INDEX {name} ON {index}" for name, index in EXPRESSIONS.items()],
            [f"DROP INDEX {name}" for name in EXPRESSIONS],
        ),
        ops.RunPython(index_texts, drop_texts),
    ]

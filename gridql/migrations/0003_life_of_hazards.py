"""What a hazard goes through until it is closed, and the departments that have a part in it."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from gridql.domain.hazards.rules import HazardLevel, PartKind, Urgency
from gridql.migrations._columns import AddColumn, moment


COLUMNS = {
    "item": fields.CharField(
        max_length=80,
        null=True,
        description="The rule of the checklist that found it, null if it was reported by itself.",
    ),
    "dispatched_at": moment(
        "When it was handed to its department, null while it is not.", null=True
    ),
    "extension_until": moment("The later due date that is asked for and not answered yet.", null=True),
    "returns": fields.IntField(
        default=0, db_default=0, description="How often a department has sent it back."
    ),
    "rectified_at": moment("When a department last said that it has put it right.", null=True),
    "rectified_by_id": fields.BigIntField(
        null=True, description="The account that said so, which does not recheck it."
    ),
    "level": fields.CharEnumField(
        enum_type=HazardLevel,
        max_length=10,
        default=HazardLevel.GRID,
        db_default=HazardLevel.GRID,
        description="How high it has been escalated.",
    ),
    "urgency": fields.CharEnumField(
        enum_type=Urgency,
        max_length=10,
        default=Urgency.IN_TIME,
        db_default=Urgency.IN_TIME,
        description="How it stands to its due date.",
    ),
    "clock_at": moment("When the clock has to look at it next, null if not at all.", null=True),
    "merged_into": fields.ForeignKeyField(
        "gridql.Hazard",
        source_field="merged_into_id",
        null=True,
        db_index=True,
        description="The hazard of which it is a duplicate, if it is one.",
        db_constraint=True,
        to_field="id",
        related_name=False,
        on_delete=OnDelete.RESTRICT,
    ),
}

INDEXES = {
    # What the clock has to look at: of all hazards, the open ones.
    "hazard_clock": "hazard (clock_at) where clock_at is not null",
    "hazard_merged_into": "hazard (merged_into_id) where merged_into_id is not null",
}


async def index_departments(apps: Any, editor: Any) -> None:
    """What a department sees beside the hazards that it leads; by code points, as in 0002."""
    by_code_points = " varchar_pattern_ops" if editor.DIALECT == "postgres" else ""
    await editor.client.execute_script(
        "CREATE INDEX hazard_part_department ON hazard_part "
        f"(department{by_code_points}, hazard_id)"
    )


async def drop_departments(apps: Any, editor: Any) -> None:
    """The way back."""
    await editor.client.execute_script("DROP INDEX hazard_part_department")


class Migration(migrations.Migration):
    dependencies = [("gridql", "0002_indexes_of_lists")]

    initial = False

    operations = [
        *(AddColumn(model_name="Hazard", name=name, field=field) for name, field in COLUMNS.items()),
        *(
            ops.AddIndex(model_name="Hazard", index=Index(fields=[column, "reported_at", "id"]))
            for column in ("urgency", "level")
        ),
        ops.RunSQL(
            [f"CREATE INDEX {name} ON {index}" for name, index in INDEXES.items()],
            [f"DROP INDEX {name}" for name in INDEXES],
        ),
        ops.CreateModel(
            name="HazardPart",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True,
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Number of the row.",
                    ),
                ),
                (
                    "hazard",
                    fields.ForeignKeyField(
                        "gridql.Hazard",
                        source_field="hazard_id",
                        description="The hazard.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "department",
                    fields.CharField(max_length=40, description="Code of the department."),
                ),
                (
                    "part",
                    fields.CharEnumField(
                        enum_type=PartKind, max_length=10, description="Whether it helps, or was called."
                    ),
                ),
                ("called_at", moment("When it was called, null for a helper.", null=True)),
                ("sign_in_due_at", moment("By when it has to sign in.", null=True)),
                ("signed_in_at", moment("When it signed in.", null=True)),
                ("contact_due_at", moment("By when it has to speak with the caller.", null=True)),
                ("contacted_at", moment("When it spoke with the caller.", null=True)),
                ("attend_due_at", moment("By when it has to come.", null=True)),
                ("attended_at", moment("When it came.", null=True)),
            ],
            options={
                "table": "hazard_part",
                "app": "gridql",
                "unique_together": (("hazard", "department", "part"),),
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.RunPython(index_departments, drop_departments),
    ]

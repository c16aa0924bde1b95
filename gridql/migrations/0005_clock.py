"""When the clock has to look at a department that was called; hazards that are there get a clock."""

from importlib import import_module

from tortoise import migrations
from tortoise.migrations import operations as ops

from gridql.rows import UtcField

AddColumn = import_module("gridql.migrations.0003_life_of_hazards").AddColumn

# The clock looks at each of them once, and finds out itself when it has to look again.
WIND_UP = """
UPDATE hazard SET clock_at = reported_at
WHERE status IN ('REPORTED', 'DISPATCHED', 'RECTIFYING', 'RECHECKING') AND due_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("gridql", "0004_recorded_at")]

    initial = False

    operations = [
        AddColumn(
            model_name="HazardPart",
            name="clock_at",
            field=UtcField(
                null=True, description="When the clock has to look at it next, null if not at all."
            ),
        ),
        ops.RunSQL(
            [
                "CREATE INDEX hazard_part_clock ON hazard_part (clock_at) "
                "WHERE clock_at IS NOT NULL",
                WIND_UP,
            ],
            ["DROP INDEX hazard_part_clock"],
        ),
    ]

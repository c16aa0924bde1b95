"""When the clock has to look at a department that was called; hazards that are there get a clock."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from gridql.migrations._columns import AddColumn, moment

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
            field=moment("When the clock has to look at it next, null if not at all.", null=True),
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

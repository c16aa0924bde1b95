"""When an entry of the journal was written, beside when what it tells of happened."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from gridql.migrations._columns import AddColumn, moment


class Migration(migrations.Migration):
    dependencies = [("gridql", "0003_life_of_hazards")]

    initial = False

    operations = [
        AddColumn(
            model_name="Entry",
            name="recorded_at",
            field=moment("When it was written, null from before that was kept.", null=True),
        ),
        ops.AddIndex(
            model_name="Entry",
            index=Index(fields=["recorded_at", "position"], name="entry_recorded"),
        ),
    ]

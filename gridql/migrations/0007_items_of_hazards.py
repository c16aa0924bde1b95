"""Hazards from before their rule was kept with them: what found them stands in the finding."""

from tortoise import migrations
from tortoise.migrations import operations as ops

FOUND = """
    UPDATE hazard SET item = finding.rule FROM finding
    WHERE finding.hazard_id = hazard.id AND hazard.item IS NULL"""


class Migration(migrations.Migration):
    dependencies = [("gridql", "0006_webhooks")]

    initial = False

    # The way back leaves them: the column goes with the migration that it came with.
    operations = [ops.RunSQL(FOUND, [])]

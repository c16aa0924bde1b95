"""Columns that come to a table later, and go again without what the table has beside them."""

from typing import Any

from tortoise.migrations import operations as ops

from gridql.rows import UtcField


class AddColumn(ops.AddField):
    """Its way back drops the column; on SQLite, Tortoise's makes the table anew, without indexes.

    An index of the column has to be gone before.
    """

    async def database_backward(
        self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None
    ) -> None:
        model = old_state.apps.get_model(f"{app_label}.{self.model_name}")
        column = getattr(model._meta.fields_map[self.name], "source_field", None) or self.name
        await state_editor.client.execute_script(
            f"ALTER TABLE {model._meta.db_table} DROP COLUMN {column}"
        )


def moment(description: str, **options: Any) -> UtcField:
    """A column that holds a moment."""
    return UtcField(description=description, auto_now=False, auto_now_add=False, **options)

"""The use case of reloading plugins, with what the journal keeps of it."""

from __future__ import annotations

from gridql.access import enforce
from gridql.access.roles import Actor
from gridql.database import transaction
from gridql.errors import Misuse
from gridql.hooks import Reload, Reloaded
from gridql.journal import entry

ALL_PLUGINS = 0
"""The subject of the entry: no plugin has a number, and what changed stands in the entry."""


async def reload(actor: Actor, look_again: Reload | None) -> Reloaded:
    """Look at all plugins again and serve from what has changed; the journal tells what and who.

    Raises FORBIDDEN for a role that reloads nothing. A change that cannot be taken raises nothing:
    what was in goes on, and the plugins say why.
    """
    enforce.require(actor, "Plugin.reload")
    if look_again is None:
        raise Misuse("plugins are reloaded where they are served")
    reloaded = await look_again()
    if not reloaded.nothing:
        async with transaction():
            await entry.write(
                actor,
                subject_type="Plugins",
                subject_id=ALL_PLUGINS,
                kind="RELOADED",
                grid_code=None,
                changes={
                    "plugins": {each.plugin: each.kind.value for each in reloaded.changes},
                    "published": list(reloaded.published),
                    "retired": list(reloaded.retired),
                    "revived": list(reloaded.revived),
                },
            )
    return reloaded

"""Plugins in the graph: what is in, and what is out and why."""

from __future__ import annotations

import strawberry
from strawberry.types.info import Info

from gridql.access import enforce
from gridql.graph.context import Context
from gridql.graph.enums import graphql_enum
from gridql.hooks import PluginKind, Plugins

graphql_enum(PluginKind)


@strawberry.type(description="A plugin that the server has found.")
class Plugin:
    name: str = strawberry.field(description="What it is called.")
    source: str = strawberry.field(description="The folder or package that it came from.")
    kind: PluginKind | None = strawberry.field(
        description="Whether it brings code; null for one that is out."
    )
    forms: list[str] = strawberry.field(
        description="The form versions that it brings, by the type of their answers."
    )
    reason: str | None = strawberry.field(description="Why it is out; null for one that is in.")


def plugins_of(found: Plugins) -> list[Plugin]:
    """Those that are in, in order of discovery, and those that are out."""
    loaded = [
        Plugin(
            name=each.name,
            source=each.source,
            kind=each.kind,
            forms=[form.type_name for form in each.forms],
            reason=None,
        )
        for each in found.loaded
    ]
    out = [
        Plugin(name=each.name, source=each.source, kind=None, forms=[], reason=each.reason)
        for each in found.quarantined
    ]
    return loaded + out


def _plugins(info: Info[Context, None]) -> list[Plugin]:
    enforce.require(info.context.actor, "Plugin.read")
    return plugins_of(info.context.services.plugins)


@strawberry.type
class Query:
    plugins: list[Plugin] = strawberry.field(
        resolver=_plugins,
        description="Every plugin, and why one is out. For the DISTRICT role; FORBIDDEN else.",
    )

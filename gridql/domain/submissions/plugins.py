"""Plugins in the graph: what is in, what is out and why, and looking at them again."""

from __future__ import annotations

import strawberry
from strawberry.types.info import Info

from gridql.access import enforce
from gridql.domain.submissions import reloading
from gridql.graph.context import Context
from gridql.graph.enums import graphql_enum
from gridql.graph.mutations import attempt, mutation
from gridql.graph.problems import Problem
from gridql.hooks import PluginChangeKind, PluginInfo, PluginKind, Plugins, Quarantined
from gridql.words import Word


class PluginState(Word):
    """How a plugin stands."""

    IN = "IN", "It is in, as it stands in its files."
    KEPT = "KEPT", "It is in as it was before its last change, which could not be taken."
    OUT = "OUT", "It is out; what it published before stays published."
    DISABLED = "DISABLED", "An administrator has disabled it; its forms are retired."


graphql_enum(PluginKind)
graphql_enum(PluginState)
graphql_enum(PluginChangeKind)


@strawberry.type(description="One thing that keeps a form of a plugin out.")
class PluginFault:
    file: str = strawberry.field(description="The file that it is in.")
    pointer: str = strawberry.field(description="Where in it, as a JSON Pointer.")
    reason: str = strawberry.field(description="What is wrong.")
    proposal: str = strawberry.field(description="What to do about it.")


@strawberry.type(description="A plugin that the server has found.")
class Plugin:
    name: str = strawberry.field(description="What it is called.")
    source: str = strawberry.field(description="The folder or package that it came from.")
    state: PluginState = strawberry.field(description="Whether it is in.")
    kind: PluginKind | None = strawberry.field(
        description="Whether it brings code; null for one that is out."
    )
    forms: list[str] = strawberry.field(
        description="The form versions that it brings, by the type of their answers."
    )
    drafts: list[str] = strawberry.field(
        description="Those that are still being written (`draft`), and are not published."
    )
    reason: str | None = strawberry.field(
        description="Why it, or its last change, is out; null for one that is in."
    )
    faults: list[PluginFault] = strawberry.field(
        description="What is wrong with its forms, one by one."
    )


@strawberry.type(description="What has become of a plugin.")
class PluginChange:
    plugin: str = strawberry.field(description="Its name.")
    kind: PluginChangeKind = strawberry.field(description="What has become of it.")


@strawberry.type(description="What came of looking at the plugins again.")
class ReloadPluginsPayload:
    plugins: list[Plugin] | None = strawberry.field(
        description="Every plugin as it is now, and why one is out. Null with problems."
    )
    changes: list[PluginChange] = strawberry.field(
        description="What is otherwise than before; empty where nothing was to be done."
    )
    published: list[str] = strawberry.field(
        description="The form versions that were published, by the type of their answers."
    )
    problems: list[Problem] = strawberry.field(description="What stands in the way; all of it.")


def plugins_of(found: Plugins) -> list[Plugin]:
    """Those that are in, in order of discovery, those that are out, those that are disabled."""
    refused = {(each.name, each.source): each for each in found.quarantined}
    loaded = [_loaded(each, refused.pop((each.name, each.source), None)) for each in found.loaded]
    out = [_out(each) for each in refused.values()]
    disabled = [
        Plugin(
            name=each.name,
            source=each.source,
            state=PluginState.DISABLED,
            kind=None,
            forms=[],
            drafts=[],
            reason="an administrator has disabled it",
            faults=[],
        )
        for each in found.disabled
    ]
    return loaded + out + disabled


def _loaded(info: PluginInfo, refused: Quarantined | None) -> Plugin:
    return Plugin(
        name=info.name,
        source=info.source,
        state=PluginState.KEPT if refused else PluginState.IN,
        kind=info.kind,
        forms=[form.type_name for form in info.forms],
        drafts=list(info.drafts),
        reason=refused.reason if refused else None,
        faults=_faults(refused) if refused else [],
    )


def _out(out: Quarantined) -> Plugin:
    return Plugin(
        name=out.name,
        source=out.source,
        state=PluginState.OUT,
        kind=None,
        forms=[],
        drafts=[],
        reason=out.reason,
        faults=_faults(out),
    )


def _faults(out: Quarantined) -> list[PluginFault]:
    return [
        PluginFault(
            file=each.file, pointer=each.pointer, reason=each.reason, proposal=each.proposal
        )
        for each in out.faults
    ]


def _plugins(info: Info[Context, None]) -> list[Plugin]:
    enforce.require(info.context.actor, "Plugin.read")
    return plugins_of(info.context.services.plugins)


@strawberry.type
class Query:
    plugins: list[Plugin] = strawberry.field(
        resolver=_plugins,
        description="Every plugin, and why one is out. For the DISTRICT role; FORBIDDEN else.",
    )


@strawberry.type
class Mutation:
    @mutation(
        "Look at the plugins again, and take in what has changed: forms of theirs that are new are "
        "published, and can be filled in at once. For the DISTRICT role."
    )
    async def reload_plugins(self, info: Info[Context, None]) -> ReloadPluginsPayload:
        context = info.context
        reloaded, problems = await attempt(
            info, reloading.reload(context.actor, context.services.reload)
        )
        if reloaded is None:
            return ReloadPluginsPayload(plugins=None, changes=[], published=[], problems=problems)
        return ReloadPluginsPayload(
            plugins=plugins_of(reloaded.plugins),
            changes=[PluginChange(plugin=each.plugin, kind=each.kind) for each in reloaded.changes],
            published=list(reloaded.published),
            problems=[],
        )

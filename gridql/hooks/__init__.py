"""Plugins: found one by one, loaded apart from one another, put out with a reason when they fail.

A plugin is a folder, or a module that an installed package names as an entry point. Data only: a
folder `forms` of documents, and `library` for blocks that they share. Code: a `plugin.py` with
implementations of the hooks in `gridql.plugin`, with or without the two folders.
"""

from gridql.hooks.changes import Change, PluginChangeKind, Reload, Reloaded, changes
from gridql.hooks.discovery import Discovery, check, discover
from gridql.hooks.infos import Disabled, PluginInfo, PluginKind, Quarantined
from gridql.hooks.loading import CODE_FILE
from gridql.hooks.plugins import Plugins
from gridql.hooks.saying import Said

__all__ = [
    "CODE_FILE",
    "Change",
    "Disabled",
    "Discovery",
    "PluginChangeKind",
    "PluginInfo",
    "PluginKind",
    "Plugins",
    "Quarantined",
    "Reload",
    "Reloaded",
    "Said",
    "changes",
    "check",
    "discover",
]

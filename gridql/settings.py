"""What an operator can set: defaults, under `gridql.toml`, under `GRIDQL_*`, under the options."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from gridql.errors import SetupError
from gridql.readers import (
    ADDRESS,
    FLAG,
    LOG_LEVEL,
    NAMES,
    PATH,
    PAUSES,
    TEXT,
    URL,
    Reader,
    proposal,
    read_toml,
    seconds,
    whole,
)

PREFIX = "GRIDQL_"
CONFIG = "GRIDQL_CONFIG"
"""The one variable that is not a setting: where the file lies."""


class Described(NamedTuple):
    """One setting as the documentation shows it."""

    name: str
    env: str
    kind: str
    default: str
    meaning: str


def _setting(
    reader: Reader,
    meaning: str,
    *,
    default: Any = MISSING,
    shown: str | None = None,
    secret: bool = False,
) -> Any:
    """A field of Settings. Without a `default` it follows from others, as `shown` says."""
    facts = {"reader": reader, "meaning": meaning, "shown": shown}
    if default is MISSING:
        return field(metadata=facts, repr=not secret)
    return field(metadata=facts, repr=not secret, default=default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that an operator has decided; made by `load`, paths absolute."""

    data_dir: Path = _setting(
        PATH,
        "The folder for what gridql itself keeps: the SQLite database and the vault's key.",
        shown="gridql-data",
    )
    database_url: str = _setting(
        URL,
        "The database: `sqlite:///relative/path`, `sqlite:////absolute/path` or "
        "`postgresql://user:password@host/name`.",
        shown="sqlite:///<data_dir>/gridql.sqlite3",
        secret=True,
    )
    host: str = _setting(
        TEXT,
        "The address to listen on. Only this machine reaches the default; put a proxy that speaks "
        "TLS in front before you open it to others.",
        default="127.0.0.1",
    )
    port: int = _setting(
        whole(0, 65535), "The port to listen on; 0 takes one that is free.", default=8000
    )
    workers: int = _setting(
        whole(1, 64),
        "How many processes serve, on one address; each has connections to the database, and "
        "copies of plugins and forms, of its own.",
        default=1,
    )
    plugins_dir: Path = _setting(
        PATH,
        "The folder of your own plugins, read beside the bundled ones.",
        shown="<data_dir>/plugins",
    )
    plugins_allow: tuple[str, ...] = _setting(
        NAMES, "The only plugins to load, by name; all that are found when empty.", default=()
    )
    plugins_deny: tuple[str, ...] = _setting(
        NAMES,
        "Plugins to leave out, by name; stronger than `plugins_allow`. Their forms are retired.",
        default=(),
    )
    plugins_watch: bool = _setting(
        FLAG,
        "Whether a running server takes in by itself what changes in `plugins_dir`; else it does "
        "so when it is asked to, by `reloadPlugins`.",
        default=True,
        shown="true",
    )
    plugins_import_timeout_s: float = _setting(
        seconds(0.1, 600), "A plugin whose code takes longer to import is out.", default=3.0
    )
    plugins_hook_timeout_s: float = _setting(
        seconds(0.01, 600),
        "A plugin whose hooks take longer over one submission is out.",
        default=1.0,
    )
    vault_key_file: Path = _setting(
        PATH,
        "The file with the keys that seal personal data. Made, readable by its owner only, where "
        "there is none; without it sealed data is lost, so keep a copy apart from the database.",
        shown="<data_dir>/vault.key",
    )
    statement_timeout_s: float = _setting(
        seconds(0.1, 600), "A read that takes longer is cancelled.", default=10.0
    )
    read_connections: int = _setting(
        whole(1, 64), "How many reads run in the database at once.", default=4
    )
    trusted_documents: Path | None = _setting(
        PATH,
        "A manifest of documents, from the Relay compiler or for Apollo's clients: only these are "
        "served, by hash.",
        default=None,
    )
    introspection: bool = _setting(
        FLAG,
        "Whether the schema may be asked for, by `__schema` and `__type` and as `/schema.graphql`.",
        default=True,
        shown="true",
    )
    suggestions: bool = _setting(
        FLAG,
        "Whether what is wrong with a document or its variables is told with a “Did you mean”.",
        default=True,
        shown="true",
    )
    max_depth: int = _setting(
        whole(1, 100), "How deep the fields of an operation may lie in one another.", default=15
    )
    max_aliases: int = _setting(
        whole(0, 10_000), "How many of its fields may go by another name.", default=30
    )
    max_tokens: int = _setting(
        whole(1, 50_000),
        "How many words and signs a document may have; 20 times as many characters.",
        default=3000,
    )
    max_directives: int = _setting(
        whole(0, 10_000), "How many directives an operation may have.", default=50
    )
    max_root_fields: int = _setting(
        whole(1, 1000), "How many fields an operation may have at its root.", default=20
    )
    max_cost: int = _setting(
        whole(0, 10_000_000),
        "How many objects the largest answer could have: a connection counts with its page size.",
        default=5000,
    )
    follow_days: int = _setting(
        whole(1, 3650),
        "For how many days a follower of the journal may be away: an older cursor is refused with "
        "`CURSOR_EXPIRED`. What happened is kept for good.",
        default=30,
    )
    hazard_rules: Path | None = _setting(
        PATH,
        "A TOML file that says how hazards are handled: working days, warnings, escalation, calls "
        "([guide](guides/hazard-rules.md)).",
        default=None,
    )
    public_url: str | None = _setting(
        ADDRESS,
        "The address by which others reach this server, such as `https://grid.example`: the "
        "`source` of the CloudEvents that webhooks carry, which is `/gridql` without it.",
        default=None,
    )
    webhook_pauses_s: tuple[float, ...] = _setting(
        PAUSES,
        "The seconds between the tries to deliver an event: there is one try more than pauses, and "
        "after the last the webhook is parked. Each pause is up to a tenth longer, by chance.",
        default=(5.0, 60.0, 300.0, 1800.0, 7200.0, 21600.0, 43200.0, 72000.0, 115200.0),
        shown="5, 60, 300, 1800, 7200, 21600, 43200, 72000, 115200",
    )
    webhook_private_addresses: bool = _setting(
        FLAG,
        "Whether webhooks may lead to addresses that are not of the public internet, and begin "
        "with `http:`. For test systems: whoever registers one then reaches what this server does.",
        default=False,
        shown="false",
    )
    log_level: str = _setting(
        LOG_LEVEL,
        "The least severe of the messages that are logged.",
        default="INFO",
    )


def env_name(name: str) -> str:
    """The environment variable of the setting `name`."""
    return PREFIX + name.upper()


def describe() -> list[Described]:
    """Every setting, in the order in which the documentation lists them."""
    return [
        Described(
            each.name,
            env_name(each.name),
            each.metadata["reader"].kind,
            each.metadata["shown"] or str(each.default or "none"),
            each.metadata["meaning"],
        )
        for each in fields(Settings)
    ]


def load(
    environ: Mapping[str, str] | None = None, folder: Path | None = None, **options: object
) -> Settings:
    """The settings in force, from the weakest source to the strongest: defaults, the file, the
    environment, `options` of the command line (None: not given).

    The file is the one that GRIDQL_CONFIG names, else `gridql.toml` in `folder` if there is one. A
    relative path in it starts from the file's own folder, any other from `folder` (by default the
    working folder). An empty variable counts as not set. Raises SetupError naming every fault of
    every source: unknown names, values that do not fit, a file that cannot be read.
    """
    environ = os.environ if environ is None else environ
    folder = (folder or Path.cwd()).absolute()
    faults: list[str] = []
    values = {each.name: each.default for each in fields(Settings) if each.default is not MISSING}
    values |= _from_file(environ.get(CONFIG), folder, faults)
    values |= _from_environment(environ, folder, faults)
    given = {name: value for name, value in options.items() if value is not None}
    values |= _read(given, _option, folder, faults)
    if faults:
        raise SetupError("\n  ".join(["the settings are wrong:", *faults]))

    data_dir = values.setdefault("data_dir", folder / "gridql-data")
    database = quote(str(data_dir / "gridql.sqlite3"))
    values.setdefault("database_url", f"sqlite:///{database}")
    values.setdefault("vault_key_file", data_dir / "vault.key")
    values.setdefault("plugins_dir", data_dir / "plugins")
    return Settings(**values)


def _from_file(named: str | None, folder: Path, faults: list[str]) -> dict[str, Any]:
    try:
        path = PATH.read(named or "gridql.toml", folder)
    except ValueError as error:
        faults.append(f"{CONFIG}: {error}")
        return {}
    if not named and not path.exists():
        return {}
    return _read(read_toml(path, faults), str, path.parent, faults, source=f"{path}: ")


def _from_environment(
    environ: Mapping[str, str], folder: Path, faults: list[str]
) -> dict[str, Any]:
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name != CONFIG and value.strip()
    }
    return _read(given, env_name, folder, faults)


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _read(
    given: Mapping[str, Any],
    spelled: Callable[[str], str],
    base: Path,
    faults: list[str],
    source: str = "",
) -> dict[str, Any]:
    """The values of one source, which spells names in its own way; what is wrong with them is
    added to `faults`.
    """
    readers: dict[str, Reader] = {each.name: each.metadata["reader"] for each in fields(Settings)}
    values = {}
    for name, value in given.items():
        if name not in readers:
            near = proposal(name, readers, spelled)
            faults.append(f"{source}{spelled(name)}: there is no such setting{near}")
            continue
        try:
            values[name] = readers[name].read(value, base)
        except ValueError as error:
            faults.append(f"{source}{spelled(name)}: {error}")
    return values

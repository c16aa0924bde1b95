"""`gridql serve`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from gridql import settings
from gridql.cli import logs
from gridql.cli.console import note
from gridql.cli.opening import require_ready
from gridql.cli.options import DatabaseUrl, DataDir, PluginsDir
from gridql.server import serving, workers


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 0 takes one that is free.")] = None,
    workers_: Annotated[
        int | None,
        typer.Option("--workers", help="How many processes serve on that address; 1 by default."),
    ] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    plugins_dir: PluginsDir = None,
    trusted_documents: Annotated[
        Path | None, typer.Option(help="A manifest: only its documents are served, by hash.")
    ] = None,
) -> None:
    """Serve the API until it is interrupted.

    The database has to be there, with the tables of this version: `gridql migrate` sees to both.
    """
    chosen = settings.load(
        host=host,
        port=port,
        workers=workers_,
        data_dir=data_dir,
        database_url=database_url,
        plugins_dir=plugins_dir,
        trusted_documents=trusted_documents,
    )
    logs.set_up(chosen.log_level)
    require_ready(chosen)
    if chosen.workers == 1:
        serving.run(chosen, _tell)
    else:
        workers.run(chosen, partial(logs.set_up, chosen.log_level), _tell)


def _tell(address: str) -> None:
    note(f"gridql serves on {address} (GraphQL at {address}/graphql)")

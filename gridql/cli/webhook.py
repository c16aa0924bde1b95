"""`gridql webhook`: what receivers of webhooks need at the command line."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from gridql.cli.console import complain, say
from gridql.cli.options import group
from gridql.domain.agencies import signatures
from gridql.domain.agencies.signatures import TOLERANCE_S
from gridql.errors import SetupError

app = group("Help those who receive webhooks.")

_WANTED = ("webhook-id", "webhook-timestamp", "webhook-signature")
_HEADER = re.compile(r"\s*([A-Za-z-]+)\s*:\s*(.*?)\s*")


@app.callback()
def webhook() -> None:
    """Help those who receive webhooks."""


@app.command()
def verify(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            readable=True,
            show_default=False,
            help="The body, to the byte; standard input unless given.",
        ),
    ] = None,
    header: Annotated[
        list[str] | None,
        typer.Option(
            "--header",
            "-H",
            metavar="'NAME: VALUE'",
            help="A header of the message: webhook-id, webhook-timestamp, webhook-signature; "
            "others are passed over.",
        ),
    ] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHSEC",
            envvar="WEBHOOK_SECRET",
            help="The secret, or each of two while they change; asked for unless given. Better in "
            "the variable: an option stands in the shell's history.",
        ),
    ] = None,
    tolerance: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", min=0, help="How old the message may be; 0: its age is no matter."
        ),
    ] = TOLERANCE_S,
) -> None:
    """Check the signature of a message that a webhook brought; exits with 1 if it is not valid."""
    headers = _headers(header or [])
    body = sys.stdin.buffer.read() if file is None else file.read_bytes()
    secrets = secret or [typer.prompt("secret", hide_input=True, err=True)]
    try:
        found = signatures.faults(
            secrets,
            headers["webhook-id"],
            headers["webhook-timestamp"],
            headers["webhook-signature"],
            body,
            tolerance_s=tolerance or None,
        )
    except ValueError as error:
        raise SetupError(str(error)) from error
    if found:
        complain("the message is not valid", *found)
        raise typer.Exit(1)
    say(f"the message {headers['webhook-id']} is valid")


def _headers(given: list[str]) -> dict[str, str]:
    """The three headers by name; raises SetupError for each that is missing or cannot be read."""
    found: dict[str, str] = {}
    for text in given:
        match = _HEADER.fullmatch(text)
        if match is None:
            raise SetupError(f"{text!r} is no header: 'NAME: VALUE'")
        found[match[1].lower()] = match[2]
    missing = [f"--header '{name}: …' is missing" for name in _WANTED if name not in found]
    if missing:
        raise SetupError("\n  ".join(["the headers are not complete:", *missing]))
    return found

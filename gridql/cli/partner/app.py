"""`gridql partner`: the list of its commands."""

from __future__ import annotations

from gridql.cli.options import group
from gridql.cli.partner.simulate import simulate

app = group("Help partner agencies to try their software out.")


@app.callback()
def partner() -> None:
    """Help partner agencies to try their software out."""


app.command()(simulate)

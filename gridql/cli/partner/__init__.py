"""The command `gridql partner`: what partner agencies try their software out with."""

from gridql.cli.partner.app import app

__all__ = ["app"]

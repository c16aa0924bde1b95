"""The command `gridql plugin`: plugins made, tried, compared, switched on and off."""

from gridql.cli.plugin.app import app

__all__ = ["app"]

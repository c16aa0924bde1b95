"""The command `gridql demo`: a district full of invented data, and a server before it."""

from gridql.cli.demo.command import demo

__all__ = ["demo"]

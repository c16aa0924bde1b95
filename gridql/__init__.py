"""gridql: the GraphQL server behind grid-based neighbourhood governance."""

__version__ = "0.1.0"

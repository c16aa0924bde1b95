"""`python -m gridql` is `gridql`."""

from gridql.cli.main import app

app(prog_name="gridql")

"""`gridql token`: who may use the API, and as whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from gridql import clock, settings
from gridql.access.models import Token
from gridql.access.roles import Role
from gridql.cli import logs
from gridql.cli.console import note, say, say_json
from gridql.cli.opening import with_database
from gridql.cli.options import AsJson, DatabaseUrl, DataDir, group
from gridql.cli.partner import ground
from gridql.cli.tables import show_table
from gridql.database import Database, transaction
from gridql.domain.accounts import actions
from gridql.domain.accounts.actions import Issued
from gridql.domain.areas.sandbox import DISTRICT, is_sandbox
from gridql.domain.workers.actions import sign_with
from gridql.errors import SetupError
from gridql.rows import utc_text
from gridql.settings import Settings

_MOST = 2**63 - 1
_WORKER = "GridWorker:"

app = group("Give out, list and withdraw the tokens that the API asks for.")


@app.command()
def create(
    role: Annotated[
        Role | None, typer.Option(case_sensitive=False, help="What the account may do.")
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE", help="An area or grid that it is for, with all below; may be repeated."
        ),
    ] = None,
    sandbox: Annotated[
        bool,
        typer.Option(
            "--sandbox",
            help="For a partner's tests: an AGENCY that sees what `gridql partner simulate` "
            "invents, and nothing else. Takes the place of --role and --scope.",
        ),
    ] = False,
    name: Annotated[str | None, typer.Option(help="Who it is, for people to read.")] = None,
    department: Annotated[
        str | None, typer.Option(metavar="CODE", help="Of a DEPARTMENT: whose hazards it sees.")
    ] = None,
    label: Annotated[str, typer.Option(help="What the token is used for.")] = "command line",
    expires_in: Annotated[
        int | None, typer.Option(metavar="DAYS", min=1, max=36500, help="Valid for so many days.")
    ] = None,
    worker: Annotated[
        str | None, typer.Option(metavar="ID", help="The grid worker who signs with the account.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make an account and a token that speaks for it, and print the token: this once only."""
    if sandbox:
        _require_nothing_else(role=role, scope=scope, department=department, worker=worker)
        role, scope = Role.AGENCY, [DISTRICT]
    role, scope = _both(role, scope)
    chosen = _begin(data_dir, database_url)
    worker_id = None if worker is None else _worker_id(worker)
    expires_at = None if expires_in is None else clock.now() + timedelta(days=expires_in)

    async def make(database: Database) -> Issued:
        if sandbox:
            await ground.make()
        async with transaction():
            issued = await actions.issue(
                name or f"{role.value} {', '.join(scope)}",
                role,
                scope,
                label=label,
                department=department,
                expires_at=expires_at,
            )
            if worker_id is not None:
                await sign_with(worker_id, issued.account.id)
        return issued

    _show(with_database(chosen, make), as_json=as_json)


@app.command("list")
def list_(
    as_json: AsJson = False, data_dir: DataDir = None, database_url: DatabaseUrl = None
) -> None:
    """List all tokens, valid or not; the tokens themselves are not kept."""
    chosen = _begin(data_dir, database_url)

    async def look(database: Database) -> list[Token]:
        return await actions.all_tokens()

    rows = [_described(token, token.account) for token in with_database(chosen, look)]
    if as_json:
        say_json(rows)
        return
    columns = (
        *("id", "account", "name", "role", "scopes", "sandbox", "label"),
        *("created", "expires", "revoked"),
    )
    show_table(columns, [[_cell(row[column]) for column in columns] for row in rows])


@app.command()
def revoke(
    token_id: Annotated[
        int, typer.Argument(metavar="ID", min=1, max=_MOST, help="As `gridql token list` has it.")
    ],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Withdraw a token: within two seconds nobody can use it any more."""
    chosen = _begin(data_dir, database_url)

    async def withdraw(database: Database) -> bool:
        return await actions.revoke(token_id)

    if not with_database(chosen, withdraw):
        raise SetupError(f"there is no token {token_id} that is not revoked already")
    say(f"token {token_id} is revoked")


def _begin(data_dir: object, database_url: object) -> Settings:
    chosen = settings.load(data_dir=data_dir, database_url=database_url)
    logs.set_up(chosen.log_level)
    return chosen


def _show(issued: Issued, *, as_json: bool) -> None:
    if as_json:
        say_json(_described(issued.token, issued.account) | {"token": issued.text})
        return
    note(
        f"token {issued.token.id} of account {issued.account.id} ({issued.account.name}); "
        "it cannot be shown again:"
    )
    say(issued.text)


def _both(role: Role | None, scope: list[str] | None) -> tuple[Role, list[str]]:
    if role is None or not scope:
        raise typer.BadParameter(
            "both are needed, or --sandbox instead of them", param_hint="--role and --scope"
        )
    return role, scope


def _require_nothing_else(**given: object) -> None:
    for name, value in given.items():
        if value:
            raise typer.BadParameter("has no place beside --sandbox", param_hint=f"--{name}")


def _worker_id(text: str) -> int:
    digits = text.removeprefix(_WORKER)
    if not (digits.isascii() and digits.isdigit() and 0 < int(digits) <= _MOST):
        raise typer.BadParameter(f"{text!r} is no id: 12 or {_WORKER}12", param_hint="--worker")
    return int(digits)


def _described(token: Token, account: Any) -> dict[str, Any]:
    return {
        "id": token.id,
        "account": account.id,
        "name": account.name,
        "role": account.role.value,
        "scopes": account.scopes,
        "department": account.department,
        "sandbox": account.role is Role.AGENCY and is_sandbox(account.scopes),
        "label": token.label,
        "created": utc_text(token.created_at),
        "expires": _moment(token.expires_at),
        "revoked": _moment(token.revoked_at),
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else utc_text(moment)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "-"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "-" if value is None else str(value)

"""The policy table applied by actions: conditions on rows, rights to verbs, reasons for both.

`None` as the actor is the operator at the command line, who has shell and database anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from tortoise import Tortoise
from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from gridql.access import policy
from gridql.access.codes import prefix, successor
from gridql.access.policy import (
    All,
    Everything,
    Joined,
    Mine,
    Nothing,
    Owned,
    Rows,
    Through,
    Within,
)
from gridql.access.roles import Actor
from gridql.errors import Fault, Misuse, Refusal, Text, forbidden, not_found, storable

M = TypeVar("M", bound=Model)

_NO_ROW = Q(pk__isnull=True)


def may(actor: Actor | None, right: str) -> bool:
    """Whether the actor's role has the right, such as "Hazard.close"; which rows, `rows` says."""
    return actor is None or actor.role in policy.verb(right).roles


def require(actor: Actor | None, right: str, path: str | None = None) -> None:
    """Raise FORBIDDEN unless the actor's role has the right."""
    if not may(actor, right):
        raise Refusal([forbidden(path, policy.verb(right).text)])


def rows(actor: Actor | None, model: type[Model], name: str | None = None) -> Q:
    """The condition that leaves of `model` only what the actor sees: `Hazard.filter(rows(…))`.

    `name` is the entry of the table, where that is not the model's: HazardEvent over Entry.
    """
    if actor is None:
        return Q()
    return _condition(actor, model, policy.rule(name or model.__name__).rows_for(actor.role))


async def find(
    actor: Actor | None,
    model: type[M],
    key: int | str | None,
    path: str,
    faults: list[Fault],
    *,
    lock: bool = False,
) -> M | None:
    """The row with that key, if the actor sees it; with `lock` held until the transaction ends.

    Otherwise None, and NOT_FOUND at `path` joins the faults: a row that does not exist and one
    outside of the actor's scope read the same. None without a fault where the key is None.
    """
    if key is None:
        return None
    row = None
    if _may_be_a_key(model, key):
        query = model.filter(rows(actor, model), pk=key)
        row = await (query.select_for_update() if lock else query).first()
    if row is None:
        faults.append(not_found(path, policy.rule(model.__name__).text))
    return row


def _may_be_a_key(model: type[Model], key: int | str) -> bool:
    """Whether the database can be asked for it at all; keys that are codes come from outside."""
    if not isinstance(key, str):
        return True
    most: int = model._meta.pk.max_length  # type: ignore[attr-defined]  # a key of text has it
    return len(key) <= most and storable(key)


def _condition(actor: Actor, model: type[Model], seen: Rows) -> Q:
    match seen:
        case Everything():
            return Q()
        case Nothing():
            return _NO_ROW
        case Within(column):
            name = _field(model, column)
            starts = [prefix(scope) for scope in actor.scopes]
            ranges = [Q(**{f"{name}__gte": p, f"{name}__lt": successor(p)}) for p in starts]
            return Q(*ranges, join_type=Q.OR) if ranges else _NO_ROW
        case Owned(column):
            name = _field(model, column)
            return Q(**{name: actor.department}) if actor.department else _NO_ROW
        case Mine(column):
            own: Any = actor.account_id
            return Q(**{_field(model, column): own})
        case Joined(target, reference, column):
            if not actor.department:
                return _NO_ROW
            other = _model(target)
            named = {_field(other, column): actor.department}
            joined: Any = Subquery(other.filter(**named).values(_field(other, reference)))
            return Q(pk__in=joined)
        case Through(column, target):
            other = _model(target)
            visible: Any = Subquery(other.filter(rows(actor, other)).values(other._meta.pk_attr))
            return Q(**{f"{_field(model, column)}__in": visible})
        case All(parts):
            return Q(*(_condition(actor, model, part) for part in parts))
        case policy.Any(parts):
            return Q(*(_condition(actor, model, part) for part in parts), join_type=Q.OR)


def _field(model: type[Model], column: str) -> str:
    return model._meta.fields_db_projection_reverse[column]


def _model(name: str) -> type[Model]:
    models: Iterable[type[Model]] = Tortoise.apps.get_models_iterable() if Tortoise.apps else ()
    for model in models:
        if model.__name__ == name:
            return model
    raise Misuse(f"access/policy.py leads to {name}, and no such model is open")


def check(types: Mapping[str, type[Model]], models: Iterable[type[Model]] = ()) -> None:
    """Raise Misuse unless each exposed type (name → model behind it) and each model has a rule."""
    named: dict[str, Any] = {model.__name__: model for model in models} | dict(types)
    policy.check({name: model._meta.db_fields for name, model in named.items()})


def explain_right(actor: Actor | None, right: str) -> Text:
    """Why the actor has or has not the right: who may, and who is asking."""
    verb = policy.verb(right)
    roles = ", ".join(sorted(verb.roles))
    who = actor.role if actor else "OPERATOR"
    may_zh, may_en = ("可以", "may") if may(actor, right) else ("不能", "may not")
    return {
        "zh": f"{who} {may_zh}{verb.text['zh']}；有此权限的角色：{roles}。",
        "en": f"{who} {may_en} {verb.text['en']}; the roles that may: {roles}.",
    }


def explain_rows(actor: Actor | None, name: str) -> Text:
    """Why the actor sees the rows of a model or type that they see, and no others."""
    if actor is None:
        return {"zh": "OPERATOR 可见：全部。", "en": "OPERATOR sees of them: all."}
    seen = _in_words(actor, policy.rule(name).rows_for(actor.role))
    return {
        "zh": f"{actor.role} 可见：{seen['zh']}。",
        "en": f"{actor.role} sees of them: {seen['en']}.",
    }


def _in_words(actor: Actor, seen: Rows) -> Text:
    match seen:
        case Everything():
            return {"zh": "全部", "en": "all"}
        case Nothing():
            return {"zh": "无", "en": "none"}
        case Within(column):
            scopes = ", ".join(actor.scopes)
            if not scopes:
                return {"zh": "无（未分配辖区）", "en": "none (no area is assigned)"}
            return {
                "zh": f"{column} 在 {scopes} 范围内的",
                "en": f"those whose {column} lies under {scopes}",
            }
        case Owned(column):
            if not actor.department:
                return {"zh": "无（未指定部门）", "en": "none (no department is assigned)"}
            return {
                "zh": f"{column} 为 {actor.department} 的",
                "en": f"those whose {column} is {actor.department}",
            }
        case Mine(_):
            return {"zh": "本账号的", "en": "those of this account"}
        case Through(_, model):
            inner = _in_words(actor, policy.rule(model).rows_for(actor.role))
            return {
                "zh": f"所属 {model} 可见的（{inner['zh']}）",
                "en": f"those of a {model} that they see ({inner['en']})",
            }
        case Joined(model, _, column):
            if not actor.department:
                return {"zh": "无（未指定部门）", "en": "none (no department is assigned)"}
            return {
                "zh": f"有 {model} 的 {column} 为 {actor.department} 的",
                "en": f"those with a {model} whose {column} is {actor.department}",
            }
        case All(parts):
            words = [_in_words(actor, part) for part in parts]
            return {
                "zh": "，且 ".join(word["zh"] for word in words),
                "en": " and ".join(word["en"] for word in words),
            }
        case policy.Any(parts):
            words = [_in_words(actor, part) for part in parts]
            return {
                "zh": f"（{' 或 '.join(word['zh'] for word in words)}）",
                "en": f"({' or '.join(word['en'] for word in words)})",
            }

"""THE table: which rows each role sees, which columns are hidden from it, what it may do.

Closed by default: a role that is not named sees no row and may do nothing, and a model without an
entry is found at start (`check`). The predicates are plain data: `enforce` makes conditions for
actions out of them, the read engine makes SQL. Columns are named as in the database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from gridql.access.roles import Role
from gridql.errors import Misuse, Text


@dataclass(frozen=True, slots=True)
class Everything:
    """All rows."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No row."""


@dataclass(frozen=True, slots=True)
class Within:
    """Rows whose `column` holds a code under one of the actor's scopes."""

    column: str = "grid_code"


@dataclass(frozen=True, slots=True)
class Owned:
    """Rows whose `column` names the actor's department; none for an actor without one."""

    column: str = "department"


@dataclass(frozen=True, slots=True)
class Mine:
    """Rows whose `column` names the actor's own account."""

    column: str = "account_id"


@dataclass(frozen=True, slots=True)
class Joined:
    """Rows to which a row of `model` leads, by `reference`, that names the actor's department."""

    model: str
    reference: str
    column: str = "department"


@dataclass(frozen=True, slots=True)
class Through:
    """Rows that lead, by `column`, to a row of `model` that the actor sees."""

    column: str
    model: str


@dataclass(frozen=True, slots=True)
class All:
    """Rows that satisfy every one of `parts`."""

    parts: tuple[Rows, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Rows that satisfy at least one of `parts`."""

    parts: tuple[Rows, ...]


Rows = Everything | Nothing | Within | Owned | Mine | Joined | Through | All | Any


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that can be done to the rows that one sees, and which roles may do it."""

    text: Text
    """What it is, as it stands in "your role may not …"."""
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Rule:
    """What the table says about one model."""

    text: Text
    """What one row of it is called."""
    rows: Mapping[Role, Rows] = field(default_factory=dict)
    hidden: Mapping[Role, frozenset[str]] = field(default_factory=dict)
    verbs: Mapping[str, Verb] = field(default_factory=dict)

    def rows_for(self, role: Role) -> Rows:
        """Which rows `role` sees."""
        return self.rows.get(role, NOTHING)

    def hidden_from(self, role: Role) -> frozenset[str]:
        """Which columns read as null for `role`."""
        return self.hidden.get(role, frozenset())


EVERYTHING, NOTHING, WITHIN = Everything(), Nothing(), Within()

EVERYONE = frozenset(Role)
STAFF = frozenset({Role.DISTRICT, Role.STREET, Role.COMMUNITY})
FIELD = STAFF | {Role.GRID_WORKER}
"""Who works in the grids, with the people and places in them."""
SUBSCRIBERS = frozenset({Role.DISTRICT, Role.DEPARTMENT, Role.AGENCY})
"""Who has systems of their own that are told what happens."""
DEPARTMENTS = frozenset({Role.DEPARTMENT})


def _for(roles: Iterable[Role], rows: Rows) -> dict[Role, Rows]:
    return dict.fromkeys(roles, rows)


def _from_auditors(column: str) -> dict[Role, frozenset[str]]:
    """Auditors are promised no personal data, and nobody knows what is in a free text."""
    return {Role.AUDITOR: frozenset({column})}


FORM_VERSION = Rule(text={"zh": "表单版本", "en": "form version"}, rows=_for(EVERYONE, EVERYTHING))

POLICY: Mapping[str, Rule] = {
    "Area": Rule(
        text={"zh": "区划", "en": "area"},
        rows=_for(EVERYONE, EVERYTHING),
        verbs={
            "import": Verb(
                {"zh": "导入行政区划", "en": "import areas"}, frozenset({Role.DISTRICT})
            ),
        },
    ),
    "Grid": Rule(
        text={"zh": "网格", "en": "grid"},
        rows=_for(EVERYONE, Within("code")),
        verbs={
            # Grids with the workers, homes, places, visits, forms and hazards in them.
            "settle": Verb(
                {"zh": "接管既有数据", "en": "take over data that was kept elsewhere"},
                frozenset({Role.DISTRICT}),
            ),
        },
    ),
    "GridWorker": Rule(
        text={"zh": "网格员", "en": "grid worker"}, rows=_for(FIELD | {Role.AUDITOR}, WITHIN)
    ),
    "Household": Rule(text={"zh": "住户", "en": "household"}, rows=_for(FIELD, WITHIN)),
    "Resident": Rule(text={"zh": "居民", "en": "resident"}, rows=_for(FIELD, WITHIN)),
    "Place": Rule(
        text={"zh": "场所", "en": "place"},
        rows=_for(EVERYONE, WITHIN),
        hidden=dict.fromkeys(
            (Role.DEPARTMENT, Role.AGENCY, Role.AUDITOR), frozenset({"responsible_person"})
        ),
    ),
    "Visit": Rule(
        text={"zh": "走访记录", "en": "visit"},
        rows=_for(FIELD | {Role.AUDITOR}, WITHIN),
        hidden=_from_auditors("note"),
        verbs={"record": Verb({"zh": "记录走访", "en": "record visits"}, FIELD)},
    ),
    "FormVersion": FORM_VERSION,
    "PublishedForm": FORM_VERSION,
    "Submission": Rule(
        text={"zh": "填报", "en": "submission"},
        rows=_for(FIELD | {Role.AUDITOR}, Within("area_code")),
        hidden=_from_auditors("answers"),
        verbs={"submit": Verb({"zh": "提交表单", "en": "submit forms"}, FIELD)},
    ),
    "Finding": Rule(
        text={"zh": "检查发现", "en": "finding"},
        rows=_for(FIELD | {Role.AUDITOR}, Within("area_code")),
        hidden=_from_auditors("remark"),
    ),
    "Hazard": Rule(
        text={"zh": "隐患", "en": "hazard"},
        rows={
            **_for(FIELD | {Role.AGENCY, Role.AUDITOR}, WITHIN),
            # Those that it leads, and those that it helps with or was called for.
            Role.DEPARTMENT: All((WITHIN, Any((Owned(), Joined("HazardPart", "hazard_id"))))),
        },
        hidden=_from_auditors("description"),
        verbs={
            "report": Verb({"zh": "上报隐患", "en": "report hazards"}, FIELD),
            "rectifyOnSpot": Verb(
                {"zh": "当场整改销号", "en": "put hazards right on the spot"}, FIELD
            ),
            "dispatch": Verb({"zh": "交办隐患", "en": "dispatch hazards"}, STAFF),
            "accept": Verb({"zh": "接办隐患", "en": "accept hazards"}, DEPARTMENTS),
            "return": Verb({"zh": "退回隐患", "en": "return hazards"}, DEPARTMENTS),
            "requestExtension": Verb(
                {"zh": "申请延期", "en": "ask for a later due date"}, DEPARTMENTS
            ),
            "grantExtension": Verb({"zh": "批准延期", "en": "grant a later due date"}, STAFF),
            "refuseExtension": Verb({"zh": "驳回延期", "en": "refuse a later due date"}, STAFF),
            "submitRectification": Verb(
                {"zh": "提交整改结果", "en": "submit that hazards were put right"}, DEPARTMENTS
            ),
            # Never by whoever put it right.
            "recheck": Verb({"zh": "复查隐患", "en": "recheck hazards"}, FIELD),
            "close": Verb({"zh": "销号隐患", "en": "close hazards"}, STAFF),
            "void": Verb({"zh": "作废隐患", "en": "void hazards"}, STAFF),
            "reopen": Verb({"zh": "重新打开隐患", "en": "reopen hazards"}, STAFF),
            "merge": Verb({"zh": "合并隐患", "en": "merge hazards"}, STAFF),
            "unmerge": Verb({"zh": "取消合并隐患", "en": "unmerge hazards"}, STAFF),
            "escalate": Verb({"zh": "升级隐患", "en": "escalate hazards"}, FIELD),
            "confirmMajor": Verb(
                {"zh": "认定重大隐患", "en": "confirm hazards as major"}, DEPARTMENTS
            ),
            "refuteMajor": Verb(
                {"zh": "排除重大隐患", "en": "refute hazards as major"}, DEPARTMENTS
            ),
            "callDepartments": Verb({"zh": "吹哨", "en": "call departments together"}, STAFF),
            "signIn": Verb({"zh": "吹哨签到", "en": "sign in for a call"}, DEPARTMENTS),
            "contact": Verb({"zh": "响应吹哨联系", "en": "contact who has called"}, DEPARTMENTS),
            "attend": Verb({"zh": "吹哨到场", "en": "attend a call"}, DEPARTMENTS),
        },
    ),
    "HazardPart": Rule(
        text={"zh": "参与部门", "en": "part that a department has"},
        rows=_for(
            FIELD | {Role.AGENCY, Role.DEPARTMENT, Role.AUDITOR}, Through("hazard_id", "Hazard")
        ),
    ),
    "HazardEvent": Rule(
        text={"zh": "隐患动态", "en": "hazard event"},
        rows={
            **_for(FIELD | {Role.AUDITOR}, WITHIN),
            **_for((Role.AGENCY, Role.DEPARTMENT), Through("subject_id", "Hazard")),
        },
        # Partners learn what happened, not who works here.
        hidden={Role.AGENCY: frozenset({"actor_id"})},
    ),
    # Counted over households: who sees none of those would read that there are none.
    "Coverage": Rule(
        text={"zh": "走访覆盖", "en": "coverage"},
        verbs={"read": Verb({"zh": "查看走访覆盖", "en": "look at coverage"}, FIELD)},
    ),
    "Plugin": Rule(
        text={"zh": "插件", "en": "plugin"},
        verbs={
            "read": Verb({"zh": "查看插件", "en": "look at plugins"}, frozenset({Role.DISTRICT})),
            "reload": Verb(
                {"zh": "重新载入插件", "en": "reload plugins"}, frozenset({Role.DISTRICT})
            ),
        },
    ),
    "Webhook": Rule(
        text={"zh": "推送端点", "en": "webhook"},
        rows=_for(SUBSCRIBERS, Mine()),
        verbs={
            "register": Verb({"zh": "登记推送端点", "en": "register webhooks"}, SUBSCRIBERS),
            "change": Verb({"zh": "更改推送端点", "en": "change webhooks"}, SUBSCRIBERS),
        },
    ),
    "WebhookDelivery": Rule(
        text={"zh": "推送记录", "en": "delivery of a webhook"},
        rows=_for(SUBSCRIBERS, Through("webhook_id", "Webhook")),
    ),
    # Never read through the API.
    "Courier": Rule(text={"zh": "推送进程", "en": "courier"}),
    "Account": Rule(text={"zh": "账号", "en": "account"}),
    "Token": Rule(text={"zh": "令牌", "en": "token"}),
    "Entry": Rule(text={"zh": "日志条目", "en": "journal entry"}),  # except as HazardEvent
    "Chain": Rule(text={"zh": "日志链", "en": "journal chain"}),
}


def rule(name: str) -> Rule:
    """What the table says about the model or type `name`; raises Misuse where it says nothing."""
    try:
        return POLICY[name]
    except KeyError:
        raise Misuse(f"access/policy.py has no entry for {name}") from None


def verb(right: str) -> Verb:
    """The verb behind a right such as "Hazard.close"; raises Misuse where there is none."""
    name, _, action = right.partition(".")
    try:
        return rule(name).verbs[action]
    except KeyError:
        raise Misuse(f"access/policy.py has no verb {right}") from None


def check(columns: Mapping[str, Collection[str]]) -> None:
    """Raise Misuse unless the table has an entry for every model and fits its columns.

    `columns` gives the database columns of each model or type by its name.
    """
    faults = [f"no entry for {name}" for name in columns if name not in POLICY]
    for name in columns:
        for role, rows in rule(name).rows.items() if name in POLICY else ():
            used = (*_columns(name, rows), *((name, each) for each in rule(name).hidden_from(role)))
            faults += [
                f"{name}, {role}: no column {column}" + (f" of {of}" if of != name else "")
                for of, column in used
                if column not in columns.get(of, ())
            ]
    if faults:
        raise Misuse("access/policy.py: " + "; ".join(faults))


def _columns(name: str, rows: Rows) -> list[tuple[str, str]]:
    """The columns that rows of `name` are chosen by, each with the model that has it."""
    match rows:
        case Within(column) | Owned(column) | Mine(column) | Through(column, _):
            return [(name, column)]
        case Joined(model, reference, column):
            return [(model, reference), (model, column)]
        case All(parts) | Any(parts):
            return [found for part in parts for found in _columns(name, part)]
        case _:
            return []

"""The policy table against its literal expectation: every role, model and verb."""

import pytest

from gridql.access import policy
from gridql.access.enforce import explain_right, explain_rows, may, require
from gridql.access.policy import (
    POLICY,
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
from gridql.access.roles import Actor, Role
from gridql.errors import Misuse, ProblemCode, Refusal

ROLES = ["DISTRICT", "STREET", "COMMUNITY", "GRID_WORKER", "DEPARTMENT", "AGENCY", "AUDITOR"]

# * everything, - nothing, w within scope, c within scope by the row's own code,
# a by the code that it is about, o within scope and the department's own or joined by it, h and p
# through a hazard, m the account's own, n through a webhook
ROWS = """
Area           * * * * * * *
Grid           c c c c c c c
GridWorker     w w w w - - w
Household      w w w w - - -
Resident       w w w w - - -
Place          w w w w w w w
Visit          w w w w - - w
FormVersion    * * * * * * *
PublishedForm  * * * * * * *
Submission     a a a a - - a
Finding        a a a a - - a
Hazard         w w w w o w w
HazardPart     p p p p p p p
HazardEvent    w w w w h h w
Coverage       - - - - - - -
Plugin         - - - - - - -
Webhook        m - - - m m -
WebhookDelivery n - - - n n -
Courier        - - - - - - -
Account        - - - - - - -
Token          - - - - - - -
Entry          - - - - - - -
Chain          - - - - - - -
"""

VERBS = """
Area.import        + - - - - - -
Grid.settle        + - - - - - -
Visit.record       + + + + - - -
Submission.submit  + + + + - - -
Hazard.report      + + + + - - -
Hazard.rectifyOnSpot        + + + + - - -
Hazard.dispatch             + + + - - - -
Hazard.accept               - - - - + - -
Hazard.return               - - - - + - -
Hazard.requestExtension     - - - - + - -
Hazard.grantExtension       + + + - - - -
Hazard.refuseExtension      + + + - - - -
Hazard.submitRectification  - - - - + - -
Hazard.recheck              + + + + - - -
Hazard.close                + + + - - - -
Hazard.void                 + + + - - - -
Hazard.reopen               + + + - - - -
Hazard.merge                + + + - - - -
Hazard.unmerge              + + + - - - -
Hazard.escalate             + + + + - - -
Hazard.confirmMajor         - - - - + - -
Hazard.refuteMajor          - - - - + - -
Hazard.callDepartments      + + + - - - -
Hazard.signIn               - - - - + - -
Hazard.contact              - - - - + - -
Hazard.attend               - - - - + - -
Coverage.read      + + + + - - -
Plugin.read        + - - - - - -
Plugin.reload      + - - - - - -
Webhook.register   + - - - + + -
Webhook.change     + - - - + + -
"""

MEANING: dict[str, Rows] = {
    "*": Everything(),
    "-": Nothing(),
    "w": Within("grid_code"),
    "c": Within("code"),
    "a": Within("area_code"),
    "o": All(
        (
            Within("grid_code"),
            policy.Any((Owned("department"), Joined("HazardPart", "hazard_id", "department"))),
        )
    ),
    "h": Through("subject_id", "Hazard"),
    "p": Through("hazard_id", "Hazard"),
    "m": Mine("account_id"),
    "n": Through("webhook_id", "Webhook"),
}


def table(text: str) -> list[tuple[str, str, str]]:
    """(name, role, mark) for every cell."""
    lines = [line.split() for line in text.split("\n") if line]
    return [(n, role, mark) for n, *marks in lines for role, mark in zip(ROLES, marks, strict=True)]


def actor(role: str, department: str | None = None) -> Actor:
    return Actor(1, "somebody", Role(role), ("370114001",), department)


def test_the_expectation_is_complete() -> None:
    assert set(Role) == set(ROLES)
    assert {name for name, _, _ in table(ROWS)} == set(POLICY)
    rights = {f"{name}.{verb}" for name, rule in POLICY.items() for verb in rule.verbs}
    assert {right for right, _, _ in table(VERBS)} == rights


@pytest.mark.parametrize(("name", "role", "mark"), table(ROWS))
def test_rows(name: str, role: str, mark: str) -> None:
    assert policy.rule(name).rows_for(Role(role)) == MEANING[mark]


@pytest.mark.parametrize(("right", "role", "mark"), table(VERBS))
def test_verbs(right: str, role: str, mark: str) -> None:
    assert may(actor(role), right) is (mark == "+")
    if mark == "+":
        require(actor(role), right)
    else:
        with pytest.raises(Refusal) as refusal:
            require(actor(role), right, "/input")
        assert refusal.value.faults[0].code is ProblemCode.FORBIDDEN
        assert refusal.value.faults[0].path == "/input"


def test_what_is_hidden_from_whom() -> None:
    hidden = {
        (name, role, column)
        for name, rule in POLICY.items()
        for role in Role
        for column in rule.hidden_from(role)
    }
    assert hidden == {
        ("Place", Role.DEPARTMENT, "responsible_person"),
        ("Place", Role.AGENCY, "responsible_person"),
        ("Place", Role.AUDITOR, "responsible_person"),
        ("Visit", Role.AUDITOR, "note"),
        ("Submission", Role.AUDITOR, "answers"),
        ("Finding", Role.AUDITOR, "remark"),
        ("Hazard", Role.AUDITOR, "description"),
        ("HazardEvent", Role.AGENCY, "actor_id"),
    }


def test_the_operator_may_everything() -> None:
    assert all(may(None, right) for right, _, _ in table(VERBS))


def test_an_unknown_right_is_a_bug() -> None:
    for right in ("Hazard.explode", "Nobody.read", "Hazard"):
        with pytest.raises(Misuse):
            may(None if right == "never" else actor("DISTRICT"), right)


def test_check_names_every_gap() -> None:
    columns = {"Bin": {"id"}, "Household": {"id", "community_code"}, "Area": {"code"}}
    with pytest.raises(Misuse) as misuse:
        policy.check(columns)
    assert "no entry for Bin" in str(misuse.value)
    assert "Household, STREET: no column grid_code" in str(misuse.value)
    assert "Area" not in str(misuse.value)


@pytest.mark.parametrize(
    ("who", "name", "zh", "en"),
    [
        (
            actor("STREET"),
            "Household",
            "STREET 可见：grid_code 在 370114001 范围内的。",
            "STREET sees of them: those whose grid_code lies under 370114001.",
        ),
        (actor("AGENCY"), "Resident", "AGENCY 可见：无。", "AGENCY sees of them: none."),
        (
            actor("DEPARTMENT", "FIRE_RESCUE"),
            "HazardEvent",
            (
                "DEPARTMENT 可见：所属 Hazard 可见的（grid_code 在 370114001 范围内的，且 "
                "（department 为 FIRE_RESCUE 的 或 "
                "有 HazardPart 的 department 为 FIRE_RESCUE 的））。"
            ),
            (
                "DEPARTMENT sees of them: those of a Hazard that they see (those whose grid_code "
                "lies under 370114001 and (those whose department is FIRE_RESCUE or those with a "
                "HazardPart whose department is FIRE_RESCUE))."
            ),
        ),
        (
            actor("DEPARTMENT"),
            "Hazard",
            (
                "DEPARTMENT 可见：grid_code 在 370114001 范围内的，"
                "且 （无（未指定部门） 或 无（未指定部门））。"
            ),
            (
                "DEPARTMENT sees of them: those whose grid_code lies under 370114001 and (none (no "
                "department is assigned) or none (no department is assigned))."
            ),
        ),
        (
            actor("AGENCY"),
            "WebhookDelivery",
            "AGENCY 可见：所属 Webhook 可见的（本账号的）。",
            "AGENCY sees of them: those of a Webhook that they see (those of this account).",
        ),
        (None, "Resident", "OPERATOR 可见：全部。", "OPERATOR sees of them: all."),
    ],
)
def test_what_is_seen_can_be_explained(who: Actor | None, name: str, zh: str, en: str) -> None:
    assert explain_rows(who, name) == {"zh": zh, "en": en}


def test_a_refused_right_can_be_explained() -> None:
    assert explain_right(actor("AGENCY"), "Area.import") == {
        "zh": "AGENCY 不能导入行政区划；有此权限的角色：DISTRICT。",
        "en": "AGENCY may not import areas; the roles that may: DISTRICT.",
    }

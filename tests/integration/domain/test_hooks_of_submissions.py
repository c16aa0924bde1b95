"""What plugins' code says about submissions, and what becomes of one that no code was heard on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gridql.domain.submissions.models import Finding, Submission
from gridql.hooks import Discovery
from gridql.hooks.discovery import Where
from gridql.journal.models import Entry
from tests.integration.domain.doing import DEVICE_ID, SUBMIT, refused, send
from tests.integration.domain.test_submissions import IN_ORDER, generic, shop
from tests.integration.graph.world import World

BEGIN = "from gridql.plugin import Found, Objection, Severity, hookimpl\n"

OBJECTS = (
    f"{BEGIN}"
    "@hookimpl\ndef objections(form, answers):\n"
    "    text = {'zh': '今天不查', 'en': 'Not today'}\n"
    "    return [Objection('/wiring', text), Objection('', text)]\n"
    "@hookimpl\ndef findings(form, answers):\n"
    "    title = {'zh': '夜间无人', 'en': 'Nobody is there'}\n"
    "    return [Found('night', '/wiring', Severity.MINOR, 'NIGHT', 1, title)]\n"
)


def watched(world: World, folder: Path, **codes: str) -> World:
    """The world with plugins of this code."""
    for name, code in codes.items():
        path = folder / name / "plugin.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
    plugins = Discovery(Where(bundled_dir=folder), hook_timeout_s=0.2).run()
    return replace(world, services=replace(world.services, plugins=plugins))


async def test_code_refuses_answers_and_nothing_is_kept(world: World, tmp_path: Path) -> None:
    strict = watched(world, tmp_path, strict=OBJECTS)

    typed = await refused(strict, SUBMIT, shop(IN_ORDER))
    document = await refused(strict, SUBMIT, shop() | {"answers": generic(IN_ORDER)})

    at = "/answers/nineSmallPlacesShopV1"
    assert typed == [
        ("INVALID", f"{at}/wiring", "Not today"),
        ("INVALID", at, "Not today"),
    ]
    assert [problem[1] for problem in document] == [
        "/answers/json/answers/wiring",
        "/answers/json/answers",
    ]


async def test_what_was_kept_once_is_given_again_whatever_code_says_now(
    world: World, tmp_path: Path
) -> None:
    first = await send(world, SUBMIT, shop(IN_ORDER))
    strict = watched(world, tmp_path, strict=OBJECTS)

    again = await send(strict, SUBMIT, shop(IN_ORDER))

    assert again["submission"]["id"] == first["submission"]["id"]
    assert await Finding.filter(rule="night").count() == 0


async def test_a_submission_is_kept_though_code_fails(world: World, tmp_path: Path) -> None:
    begin = f"{BEGIN}import time\n@hookimpl\ndef findings(form, answers):\n    "
    failing = watched(
        world,
        tmp_path,
        night_watch=f"{begin}raise ValueError('secret')",
        slow_watch=f"{begin}time.sleep(30)",
        broken_watch="import nothing_at_all",
        good_watch=OBJECTS.replace("def objections", "def unused").replace("@hookimpl\n", "", 1),
    )

    payload = await send(failing, SUBMIT, shop(IN_ORDER))

    assert payload["problems"] == []
    assert [each["rule"] for each in payload["submission"]["findings"]] == ["night"]
    submission = await Submission.get(client_id=DEVICE_ID)
    entry = await Entry.get(subject_type="Submission", subject_id=submission.id)
    assert sorted(entry.changes["unheard"]) == ["broken_watch", "night_watch", "slow_watch"]
    assert "secret" not in str(payload)


async def test_nobody_is_unheard_where_all_is_well(world: World) -> None:
    await send(world, SUBMIT, shop(IN_ORDER))

    submission = await Submission.get(client_id=DEVICE_ID)
    entry = await Entry.get(subject_type="Submission", subject_id=submission.id)
    assert entry.changes is None

"""`import areas`, beyond what the acceptance tests play; on both databases."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.processes import Installation

HEADER = "level,code,name_zh,parent_code\n"


def district(communities: int) -> str:
    """A file with a district, one street, and so many communities."""
    rows = [f"community,370114001{n:03},社区{n},370114001" for n in range(1, communities + 1)]
    above = ["district,370114,章丘区,", "street,370114001,明水街道,370114"]
    return HEADER + "\n".join([*above, *rows])


def test_many_areas_are_taken_over(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text(district(614), encoding="utf-8")

    first = installation.run("import", "areas", str(file))
    second = installation.run("import", "areas", str(file))

    assert (first.stdout, first.stderr) == ("616 new, 0 changed, 0 unchanged\n", "")
    assert (second.stdout, second.stderr) == ("0 new, 0 changed, 616 unchanged\n", "")


def test_after_a_refusal_nothing_is_there(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    wrong = "hamlet,370114002,双山,370114\nstreet,370115001,外区,370115"
    file.write_text(f"{district(1)}\n{wrong}\n", encoding="utf-8")

    refused = installation.run("import", "areas", str(file))
    file.write_text(district(1), encoding="utf-8")
    taken = installation.run("import", "areas", str(file))

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"error: {file}: 2 line(s) are wrong; nothing was imported\n"
        "  line 5, level: There is no level 'hamlet'; those known are province, city, district, "
        "street, town, community, village.\n"
        "  line 6, parent_code: The area above, 370115, is neither in the file nor in the "
        "database.\n"
    )
    assert taken.stdout == "3 new, 0 changed, 0 unchanged\n"


def test_a_file_that_is_not_there_is_a_fault_of_usage(nowhere: Installation) -> None:
    asked = nowhere.run("import", "areas", "none.csv")

    assert asked.returncode == 2
    assert "'none.csv' does not exist" in asked.stderr

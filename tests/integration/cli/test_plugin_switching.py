"""`plugin disable` and `plugin enable`."""

from __future__ import annotations

from tests.acceptance.processes import Installation


def states(installation: Installation) -> dict[str, str]:
    """How every listed plugin stands, by its name."""
    listed = installation.run("plugin", "list").stdout.split("\n\n")[0].splitlines()[1:]
    return {line.split()[1]: line.split()[0] for line in listed}


def test_a_plugin_is_off_until_it_is_switched_on_again(nowhere: Installation) -> None:
    off = nowhere.run("plugin", "disable", "satisfaction")
    again = nowhere.run("plugin", "disable", "satisfaction")
    states_then = states(nowhere)
    on = nowhere.run("plugin", "enable", "satisfaction")

    assert (off.returncode, off.stdout) == (0, "satisfaction is disabled\n")
    assert (again.returncode, again.stderr) == (0, "satisfaction was disabled already\n")
    assert states_then["satisfaction"] == "off"
    assert states_then["nine_small_places"] == "in"
    assert (on.returncode, on.stdout) == (0, "satisfaction is enabled\n")
    assert states(nowhere)["satisfaction"] == "in"


def test_the_list_says_how_to_bring_it_back(nowhere: Installation) -> None:
    nowhere.run("plugin", "disable", "satisfaction")

    listed = nowhere.run("plugin", "list").stdout

    assert "satisfaction is disabled: `gridql plugin enable satisfaction` brings it back" in listed


def test_one_that_is_broken_can_be_switched_off(nowhere: Installation) -> None:
    forms = nowhere.folder / "plugins" / "half_written" / "forms"
    forms.mkdir(parents=True)
    (forms / "half.json").write_text("{", encoding="utf-8")

    assert states(nowhere)["half_written"] == "OUT"
    assert nowhere.run("plugin", "disable", "half_written").returncode == 0
    assert states(nowhere)["half_written"] == "off"


def test_what_is_not_there_is_named(nowhere: Installation) -> None:
    off = nowhere.run("plugin", "disable", "satisfactoin")
    on = nowhere.run("plugin", "enable", "satisfaction")

    assert (off.returncode, on.returncode) == (1, 1)
    assert "there is no plugin 'satisfactoin'; there are care_visit, " in off.stderr
    assert on.stderr == "error: 'satisfaction' is not disabled (none is)\n"

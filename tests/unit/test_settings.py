"""Settings: which source wins, what is refused, and that the documentation lists every one."""

from pathlib import Path

import pytest

from gridql.errors import SetupError
from gridql.settings import describe, load

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def faults(caught: pytest.ExceptionInfo[SetupError]) -> list[str]:
    return [line.strip() for line in str(caught.value).splitlines()[1:]]


def test_nothing_has_to_be_set(tmp_path: Path) -> None:
    settings = load({}, tmp_path)

    assert settings.data_dir == tmp_path / "gridql-data"
    assert settings.database_url == f"sqlite:///{tmp_path}/gridql-data/gridql.sqlite3"
    assert settings.vault_key_file == tmp_path / "gridql-data" / "vault.key"
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert settings.plugins_dir == tmp_path / "gridql-data" / "plugins"
    assert settings.plugins_watch is True
    assert (settings.plugins_allow, settings.plugins_deny) == ((), ())
    assert (settings.statement_timeout_s, settings.read_connections) == (10.0, 4)
    assert settings.follow_days == 30
    assert settings.log_level == "INFO"


def test_the_data_folder_takes_along_what_lies_in_it(tmp_path: Path) -> None:
    settings = load({"GRIDQL_DATA_DIR": "岗位 #1"}, tmp_path)

    assert settings.data_dir == tmp_path / "岗位 #1"
    assert settings.vault_key_file == tmp_path / "岗位 #1" / "vault.key"
    assert settings.plugins_dir == tmp_path / "岗位 #1" / "plugins"
    assert settings.database_url == (
        f"sqlite:///{tmp_path}/%E5%B2%97%E4%BD%8D%20%231/gridql.sqlite3"
    )


def test_options_win_over_the_environment_over_the_file_over_defaults(tmp_path: Path) -> None:
    (tmp_path / "gridql.toml").write_text(
        'host = "0.0.0.0"\nport = 1\nread_connections = 2\nplugins_deny = ["a", "b"]\n'
    )

    settings = load({"GRIDQL_PORT": "2", "GRIDQL_READ_CONNECTIONS": "3"}, tmp_path, port=4)

    assert (settings.host, settings.port, settings.read_connections) == ("0.0.0.0", 4, 3)
    assert settings.plugins_deny == ("a", "b")
    assert settings.log_level == "INFO"


def test_an_option_that_was_not_given_and_an_empty_variable_change_nothing(tmp_path: Path) -> None:
    settings = load({"GRIDQL_PORT": " ", "GRIDQL_CONFIG": ""}, tmp_path, port=None)

    assert settings.port == 8000


def test_a_relative_path_starts_from_where_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "grid.toml").write_text('plugins_dir = "ours"\n')

    settings = load(
        {"GRIDQL_CONFIG": "etc/grid.toml", "GRIDQL_DATA_DIR": "kept"}, tmp_path, port=9000
    )

    assert settings.plugins_dir == tmp_path / "etc" / "ours"
    assert settings.data_dir == tmp_path / "kept"


def test_values_in_the_environment_are_text(tmp_path: Path) -> None:
    settings = load(
        {
            "GRIDQL_STATEMENT_TIMEOUT_S": "2.5",
            "GRIDQL_PLUGINS_ALLOW": "nine_small_places, satisfaction,",
            "GRIDQL_LOG_LEVEL": "debug",
            "GRIDQL_DATABASE_URL": "postgresql://gridql@db/gridql",
        },
        tmp_path,
    )

    assert settings.statement_timeout_s == 2.5
    assert settings.plugins_allow == ("nine_small_places", "satisfaction")
    assert settings.log_level == "DEBUG"
    assert settings.database_url == "postgresql://gridql@db/gridql"


def test_every_fault_of_every_source_is_reported_at_once(tmp_path: Path) -> None:
    file = tmp_path / "gridql.toml"
    file.write_text('prot = 1\nport = 65536\nhost = 5\n[plugins]\nallow = ["a"]\n')

    with pytest.raises(SetupError) as caught:
        load(
            {
                "GRIDQL_PORT": "eighty",
                "GRIDQL_PLUGIN_DIR": "x",
                "GRIDQL_COLOUR": "red",
                "GRIDQL_LOG_LEVEL": "LOUD",
                "GRIDQL_STATEMENT_TIMEOUT_S": "nan",
                "HOME": "/root",
            },
            tmp_path,
            read_connections=0,
        )

    assert faults(caught) == [
        f"{file}: prot: there is no such setting; did you mean port?",
        f"{file}: port: has to be a whole number from 0 to 65535",
        f"{file}: host: has to be a text",
        f"{file}: plugins: there is no such setting; did you mean plugins_dir?",
        "GRIDQL_PORT: has to be a whole number from 0 to 65535",
        "GRIDQL_PLUGIN_DIR: there is no such setting; did you mean GRIDQL_PLUGINS_DIR?",
        "GRIDQL_COLOUR: there is no such setting",
        "GRIDQL_LOG_LEVEL: has to be one of DEBUG, INFO, WARNING, ERROR",
        "GRIDQL_STATEMENT_TIMEOUT_S: has to be a number of seconds from 0.1 to 600",
        "--read-connections: has to be a whole number from 1 to 64",
    ]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("port", True, "has to be a whole number from 0 to 65535"),
        ("port", 80.5, "has to be a whole number from 0 to 65535"),
        ("port", 10**400, "has to be a whole number from 0 to 65535"),
        ("statement_timeout_s", 0, "has to be a number of seconds from 0.1 to 600"),
        ("plugins_deny", ["a", 1], "has to be a list of names"),
        ("plugins_dir", 1, "has to be a path"),
        ("plugins_dir", "~nobody-here/x", "begins with the home folder of somebody unknown"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(
    tmp_path: Path, name: str, value: object, reason: str
) -> None:
    with pytest.raises(SetupError) as caught:
        load({}, tmp_path, **{name: value})

    assert faults(caught) == [f"--{name.replace('_', '-')}: {reason}"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"port = ", "is not TOML: Invalid value"), (b"\xff", "is not UTF-8"), (None, "cannot be")],
)
def test_a_file_that_cannot_be_read_is_a_fault(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    file = tmp_path / "named.toml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SetupError) as caught:
        load({"GRIDQL_CONFIG": str(file)}, tmp_path)

    assert faults(caught)[0].startswith(f"{file}: {reason}")


def test_a_password_in_the_database_url_is_neither_repeated_nor_shown(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as caught:
        load({"GRIDQL_DATABASE_URL": "mysql://gridql:hush@db/gridql"}, tmp_path)
    settings = load({"GRIDQL_DATABASE_URL": "postgresql://gridql:hush@db/gridql"}, tmp_path)

    assert "hush" not in str(caught.value)
    assert "hush" not in repr(settings)


def test_the_documentation_lists_every_setting_as_it_is() -> None:
    rows = [
        line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]

    assert rows == [
        f"| `{each.name}` | `{each.env}` | {each.kind} | `{each.default}` | {each.meaning} |"
        for each in describe()
    ]


def test_the_example_in_the_documentation_is_right(tmp_path: Path) -> None:
    example = DOCUMENT.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    (tmp_path / "gridql.toml").write_text(example, encoding="utf-8")

    settings = load({}, tmp_path)

    assert settings.database_url == "postgresql://gridql@db.example/gridql"
    assert settings.plugins_dir == tmp_path / "our-plugins"
    assert settings.plugins_deny == ("satisfaction",)

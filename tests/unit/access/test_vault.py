"""The vault: sealing bound to its place, blind index, masks, key file."""

from pathlib import Path
from uuid import UUID

import pytest

from gridql.access.vault import (
    Keys,
    Unsealable,
    Vault,
    mask_id_number,
    mask_phone,
    normalise,
)
from gridql.errors import SetupError

ROW = UUID("00000000-0000-4000-8000-000000000001")
OTHER = UUID("00000000-0000-4000-8000-000000000002")


@pytest.fixture
def vault() -> Vault:
    return Vault(Keys({"1": b"a" * 32}, "1", b"i" * 32))


def test_what_is_sealed_opens_again_and_never_looks_the_same(vault: Vault) -> None:
    sealed = [vault.seal("resident", "phone", ROW, "13812345678") for _ in range(2)]
    assert [vault.unseal("resident", "phone", ROW, text) for text in sealed] == ["13812345678"] * 2
    assert sealed[0] != sealed[1]
    assert all(text.startswith("1.") and "138" not in text for text in sealed)


def test_a_sealed_text_opens_only_where_it_belongs(vault: Vault) -> None:
    sealed = vault.seal("resident", "phone", ROW, "13812345678")
    flipped = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    for place in [
        ("resident", "phone", OTHER, sealed),
        ("resident", "id_number", ROW, sealed),
        ("place", "phone", ROW, sealed),
        ("resident", "phone", ROW, flipped),
        ("resident", "phone", ROW, "2" + sealed[1:]),
        ("resident", "phone", ROW, "1.!"),
        ("resident", "phone", ROW, ""),
    ]:
        with pytest.raises(Unsealable):
            vault.unseal(*place)


def test_a_new_key_seals_and_the_old_one_still_opens(vault: Vault) -> None:
    old = vault.seal("resident", "phone", ROW, "13812345678")
    rotated = Vault(Keys({"1": b"a" * 32, "2": b"b" * 32}, "2", b"i" * 32))
    assert rotated.seal("resident", "phone", ROW, "13812345678").startswith("2.")
    assert rotated.unseal("resident", "phone", ROW, old) == "13812345678"
    assert rotated.index("resident", "phone", "1") == vault.index("resident", "phone", "1")


def test_the_index_is_one_for_all_spellings_and_none_for_two_columns(vault: Vault) -> None:
    spellings = [
        "13812345678",
        "138 1234 5678",
        "+86-138-1234-5678",
        "008613812345678",
        "１３８12345678",
    ]
    assert len({vault.index("resident", "phone", text) for text in spellings}) == 1
    assert vault.index("resident", "phone", "1") != vault.index("resident", "id_number", "1")
    assert (
        vault.index("resident", "phone", "13812345678")
        == "e2554f237a678952fba51c04cf5bd70e515aca6743c828e76d4824ed0e748ee6"
    )


@pytest.mark.parametrize(
    ("plain", "expected"),
    [("99011419900101123x", "99011419900101123X"), (" (0531) 8321-2345 ", "053183212345")],
)
def test_normalise(plain: str, expected: str) -> None:
    assert normalise(plain) == expected


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ("13812345678", "138****5678"),
        ("+86 138 1234 5678", "138****5678"),
        ("0531-83212345", "053*****2345"),
        ("83212345", "********"),
        ("", ""),
    ],
)
def test_mask_phone(plain: str, expected: str) -> None:
    assert mask_phone(plain) == expected


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ("99011419900101123x", "990***********123X"),
        ("990114900101123", "990********1123"),
        ("1234567", "*******"),
    ],
)
def test_mask_id_number(plain: str, expected: str) -> None:
    assert mask_id_number(plain) == expected


def test_the_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "vault.keys"
    sealed = Vault.open(path).seal("resident", "phone", ROW, "13812345678")
    assert path.stat().st_mode & 0o777 == 0o600
    assert Vault.open(path).unseal("resident", "phone", ROW, sealed) == "13812345678"
    assert list(tmp_path.iterdir()) == [path]


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vault.keys"
    Vault.open(path)
    path.chmod(0o640)
    with pytest.raises(SetupError, match="chmod 600"):
        Vault.open(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"current": "1", "sealing": {"1": "AAAA"}, "index": "AAAA"}',
        '{"current": "1", "sealing": {"1": 5}, "index": "AAAA"}',
        '{"current": "1", "sealing": ["1"], "index": "AAAA"}',
    ],
)
def test_keys_of_another_shape_are_refused(text: str) -> None:
    with pytest.raises(SetupError, match="vault keys"):
        Keys.parse(text)


def test_keys_do_not_show_in_messages() -> None:
    keys = Keys({"1": b"a" * 32}, "1", b"i" * 32)
    assert "aaaa" not in repr(keys)
    assert Keys.parse(keys.dump()) == keys


def test_the_current_key_has_to_be_there() -> None:
    text = Keys({"1": b"a" * 32}, "2", b"i" * 32).dump()
    with pytest.raises(SetupError, match="current"):
        Keys.parse(text)

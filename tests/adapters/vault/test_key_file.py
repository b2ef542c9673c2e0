"""Secrets at rest: what opens them, and what does not."""

import threading
from pathlib import Path

import pytest

from jobmill.adapters.vault import KeyFileVault
from jobmill.core.errors import SecretUnreadable


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "secrets-key"


def test_what_is_sealed_opens_again_in_another_process(place: Path) -> None:
    sealed = KeyFileVault(place).seal("whsec_x", "endpoint-1")
    assert "whsec_x" not in sealed
    assert KeyFileVault(place).open(sealed, "endpoint-1") == "whsec_x"


def test_the_same_secret_never_looks_the_same(place: Path) -> None:
    vault = KeyFileVault(place)
    assert vault.seal("x", "a") != vault.seal("x", "a")


def test_only_the_owner_can_read_the_key(place: Path) -> None:
    KeyFileVault(place).seal("x", "a")
    assert place.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in place.parent.iterdir()] == ["secrets-key"]


def test_no_key_is_made_before_there_is_a_secret(place: Path) -> None:
    KeyFileVault(place)
    assert not place.exists()


def test_a_secret_opens_in_its_own_row_only(place: Path) -> None:
    vault = KeyFileVault(place)
    with pytest.raises(SecretUnreadable):
        vault.open(vault.seal("x", "endpoint-1"), "endpoint-2")


@pytest.mark.parametrize("sealed", ["", "1:", "1:AAAA", "1:not base64!", "2:" + "QUFB" * 20])
def test_what_was_never_sealed_does_not_open(place: Path, sealed: str) -> None:
    vault = KeyFileVault(place)
    vault.seal("x", "a")
    with pytest.raises(SecretUnreadable):
        vault.open(sealed, "a")


def test_another_key_opens_nothing_and_a_missing_one_is_named(place: Path) -> None:
    sealed = KeyFileVault(place).seal("x", "a")
    place.rename(place.with_name("kept"))
    with pytest.raises(SecretUnreadable, match="missing"):
        KeyFileVault(place).open(sealed, "a")
    KeyFileVault(place).seal("y", "a")
    with pytest.raises(SecretUnreadable, match="not sealed"):
        KeyFileVault(place).open(sealed, "a")


@pytest.mark.parametrize("content", ["", "AAAA", "never base64"])
def test_a_damaged_key_is_refused_and_not_replaced(place: Path, content: str) -> None:
    place.write_text(content)
    with pytest.raises(SecretUnreadable):
        KeyFileVault(place).seal("x", "a")
    assert place.read_text() == content


def test_processes_that_begin_together_agree_on_one_key(place: Path) -> None:
    vaults = [KeyFileVault(place) for _ in range(8)]
    start = threading.Barrier(len(vaults))
    sealed: list[str] = []

    def seal(vault: KeyFileVault) -> None:
        start.wait()
        sealed.append(vault.seal("x", "a"))

    threads = [threading.Thread(target=seal, args=(vault,)) for vault in vaults]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [KeyFileVault(place).open(each, "a") for each in sealed] == ["x"] * len(vaults)

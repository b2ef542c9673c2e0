"""Where the client finds its server and its key."""

import json
from pathlib import Path

import pytest

from jobmill_client.address import Address, find_address


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "server.json").write_text(json.dumps({"url": "http://127.0.0.1:9123", "pid": 1}))
    (tmp_path / "admin-key").write_text("folder-key\n")
    return tmp_path


def test_what_is_given_wins() -> None:
    env = {"JOBMILL_URL": "http://env", "JOBMILL_KEY": "env-key"}
    assert find_address("http://given/", "given-key", None, env) == Address(
        "http://given", "given-key"
    )


def test_the_environment_names_a_server() -> None:
    env = {"JOBMILL_URL": "https://env/", "JOBMILL_KEY": "env-key"}
    assert find_address(environment=env) == Address("https://env", "env-key")


def test_a_given_folder_wins_over_the_environment(folder: Path) -> None:
    env = {"JOBMILL_URL": "https://env", "JOBMILL_KEY": "env-key"}
    found = find_address(data=folder, environment=env)
    assert found == Address("http://127.0.0.1:9123", "folder-key")


def test_the_environments_folder_is_the_last_resort(folder: Path) -> None:
    found = find_address(environment={"JOBMILL_DATA": str(folder)})
    assert found == Address("http://127.0.0.1:9123", "folder-key")


def test_a_folders_key_is_never_sent_to_another_machine(folder: Path) -> None:
    found = find_address("https://elsewhere.example", data=folder, environment={})
    assert found.key is None


def test_without_anything_the_default_address_is_used_without_a_key(tmp_path: Path) -> None:
    assert find_address(environment={}) == Address("http://127.0.0.1:9000", None)
    (tmp_path / "server.json").write_text("not JSON")
    assert find_address(data=tmp_path, environment={}).url == "http://127.0.0.1:9000"

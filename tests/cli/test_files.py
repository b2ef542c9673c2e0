"""`jobmill assets` by path and version, its links, and `jobmill watches`."""

from pathlib import Path

import httpx2

from tests.cli.conftest import Run


def test_a_file_goes_up_by_path_and_comes_down_by_version(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"one")
    first = run("assets", "put", str(file), "--path", "data://cli/a.txt")
    assert first.code == 0, first.err
    asset = first.out.strip()
    file.write_bytes(b"second")
    again = run("assets", "put", str(file), "--path", "data://cli/a.txt")
    assert again.out.strip() == asset
    down = run("assets", "get", "data://cli/a.txt", str(tmp_path / "down"))
    assert (down.code, (tmp_path / "down").read_bytes()) == (0, b"second")
    run("assets", "get", asset, str(tmp_path / "old"), "--version", "1")
    assert (tmp_path / "old").read_bytes() == b"one"
    assert [each["version"] for each in run("assets", "versions", asset, "--json").lines] == [2, 1]
    assert asset in run("assets", "list", "--folder", "data://cli").out
    assert run("assets", "purge", asset, "--version", "1", "--json").json["state"] == "purged"


def test_links_work_without_a_key(run: Run) -> None:
    said = run("assets", "announce", "later.txt", "--size", "4", "--json").json
    assert httpx2.put(said["upload"]["url"], content=b"here").status_code == 200
    url = run("assets", "link", said["asset"]["id"]).out.strip()
    assert httpx2.get(url).content == b"here"
    put = run("assets", "link", said["asset"]["id"], "--put").out.strip()
    assert httpx2.put(put, content=b"more").status_code == 200


def test_a_watch_is_made_paused_and_ended(run: Run) -> None:
    made = run("watches", "create", ".", "--feature", "IN_BLACK", "--pattern", "*.mp4")
    assert made.code == 0, made.err
    watch = made.out.strip()
    assert watch in run("watches", "list").out
    assert run("watches", "pause", watch, "--json").json["paused"] is True
    assert run("watches", "resume", watch).code == 0
    assert run("watches", "show", watch, "--json").json["pattern"] == "*.mp4"
    assert run("watches", "files", watch, "--json").lines == []
    assert run("watches", "delete", watch).code == 0
    assert run("watches", "show", watch).code == 1


def test_a_place_names_an_asset_wherever_its_id_does(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "b.txt"
    for text in ("one", "two"):
        file.write_text(text)
        assert run("assets", "put", str(file), "--path", "data://cli/b.txt").code == 0
    assert [
        each["version"] for each in run("assets", "versions", "data://cli/b.txt", "--json").lines
    ] == [2, 1]
    assert run("assets", "link", "data://cli/b.txt").out.startswith("http")
    assert run("assets", "purge", "data://cli/b.txt", "--json").json["state"] == "purged"
    assert run("assets", "versions", "data://cli/none.txt").code == 1

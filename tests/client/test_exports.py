"""The client writes results as files."""

import zipfile
from pathlib import Path

import pytest

from jobmill_client import Conflict, Job, Jobmill

FACTS = {"words": [{"start_ms": 0, "end_ms": 400, "text": "Größe"}]}


@pytest.fixture
def job(client: Jobmill) -> Job:
    tasks = [{"name": "write", "engine": "output-writer", "params": {"asset": False}}]
    made = client.jobs.create(input={"json": FACTS}, tasks=tasks, name="Maß & Größe")
    return client.jobs.wait(made)


def test_a_file_is_read_or_saved_under_the_servers_name(
    client: Jobmill, job: Job, tmp_path: Path
) -> None:
    assert client.exports.read(job, "txt", options={"newline_on_punctuation": True}) == (
        "Größe\n".encode()
    )
    saved = client.exports.save(job, "srt", tmp_path)
    assert saved.name == "Maß _ Größe.srt"
    assert saved.read_bytes().endswith("Größe\n".encode())
    other = client.exports.save(job, "ttml", tmp_path / "mine.xml", task="write")
    assert other.read_text(encoding="utf-8").startswith("<?xml")


def test_an_archive_is_waited_for_and_downloaded(client: Jobmill, job: Job, tmp_path: Path) -> None:
    made = client.exports.create(job, ["srt", {"format": "csv"}], name="All of it")
    done = client.exports.wait(made, 60)
    assert (done.state, [file.format for file in done.files]) == ("complete", ["srt", "csv"])
    place = client.exports.download(done, tmp_path)
    assert place.name == "All of it.zip"
    with zipfile.ZipFile(place) as archive:
        assert len(archive.namelist()) == 2
    assert next(client.exports.list(1)).id == made.id


def test_nothing_to_write_is_a_conflict(client: Jobmill, tmp_path: Path) -> None:
    plain = client.jobs.create(input={"json": 1}, tasks=[{"name": "a", "engine": "noop"}])
    client.jobs.wait(plain)
    with pytest.raises(Conflict, match="No result"):
        client.exports.read(plain, "srt")
    failed = client.exports.wait(client.exports.create(plain, ["srt"]), 60)
    assert failed.state == "failed"
    with pytest.raises(Conflict, match="is failed: No result"):
        client.exports.download(failed, tmp_path)

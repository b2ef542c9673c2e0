"""What a person does with jobs, by commands against a real server."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.client.test_jobs import make_wave
from tests.serving import Drill, ServerProcess, jobmill


def written(folder: Path, tasks: object) -> str:
    file = folder / "tasks.json"
    file.write_text(json.dumps({"tasks": tasks}))
    return str(file)


def test_run_prints_what_was_found_and_ends_with_0(run_process: Run, tmp_path: Path) -> None:
    file = make_wave(tmp_path / "tone.wav")
    ran = run_process("run", str(file), "--feature", "SILENCE", "-p", "SILENCE.min_duration=0.2")
    assert ran.code == 0, ran.err
    heading, found = ran.out.splitlines()
    assert heading.split() == ["FEATURE", "START", "END", "WHAT"]
    assert found.split()[:2] == ["SILENCE", "0:00.000"]
    assert "SILENCE 100 %" in ran.err


def test_a_file_under_a_media_root_is_read_where_it_lies(
    run: Run, server: ServerProcess, tmp_path: Path
) -> None:
    media = server.data / "media"
    file = make_wave(media / "tone.wav")
    ran = run("run", str(file), "-f", "SILENCE", "--json")
    assert ran.json["job"]["input"] == {"path": str(file)}
    assert run("run", "tone.wav", "-f", "SILENCE", "--json").json["job"]["state"] == "completed"


def test_run_in_json_is_one_value_on_stdout(run_process: Run, graph: Path) -> None:
    ran = run_process("run", "--graph", str(graph), "--input-json", '{"n": 1}', "--json")
    assert ran.code == 0
    assert ran.json["job"]["state"] == "completed"
    assert [each["document"]["echo"] for each in ran.json["results"]] == ["größer", None]


def test_the_last_job_can_be_shown_in_every_way(run: Run, graph: Path) -> None:
    made = run("run", "--graph", str(graph), "--input-json", "1", "--json").json["job"]
    number = str(made["number"])
    assert run("show", "last", "--json").json["id"] == made["id"]
    assert run("show", made["id"], "--json").json["number"] == made["number"]
    assert "completed" in run("show", number).out
    assert run("jobs", "--limit", "1", "--json").json["id"] == made["id"]
    assert [each["task"] for each in run("results", number, "--json").lines] == ["a", "b"]
    events = [each["type"] for each in run("events", number, "--json").lines]
    assert (events[0], events[-1]) == ("job.created", "job.completed")
    watched = [each["type"] for each in run("watch", number, "--json").lines]
    assert [each for each in watched if each != "progress"] == events


def test_a_failed_job_ends_with_1_and_says_why(run: Run, tmp_path: Path) -> None:
    needed = tmp_path / "needed"
    tasks = [{"name": "t", "engine": "drill", "params": {"needs": str(needed)}}]
    ran = run("run", "--graph", written(tmp_path, tasks), "--input-json", "1")
    assert ran.code == 1
    assert "The needed file is not there yet." in ran.err
    assert run("watch", "last").code == 1
    assert "the drill begins" in run("logs", "last").out
    needed.touch()
    retried = run("retry", "last", "--json")
    assert (retried.code, retried.json["generation"]) == (0, 2)
    assert run("watch", "last").code == 0
    assert run("restart", "last").code == 0
    assert run("watch", "last").code == 0
    attempts = {each["attempt"] for each in run("logs", "last", "--json").lines}
    assert attempts


def test_a_job_that_is_not_waited_for_can_be_cancelled(
    run: Run, drill: Drill, tmp_path: Path
) -> None:
    ran = run("run", "--graph", written(tmp_path, drill.tasks), "--input-json", "1", "--no-wait")
    assert ran.code == 0
    number = ran.out.strip()
    drill.wait_begun()
    assert run("cancel", number).code == 0
    watched = run("watch", number)
    assert (watched.code, watched.out.strip()) == (1, "cancelled")
    again = run("retry", number)
    assert again.code == 0
    drill.release()
    assert run("watch", number).out.strip() == "completed"
    refused = run("cancel", number)
    assert refused.code == 1
    assert "completed" in refused.err


def test_a_job_can_be_described_when_it_is_asked_for(run: Run, graph: Path) -> None:
    said = ("--name", "Evening", "--tag", "news", "--metadata", "season=4", "--parked")
    times = (
        "--due",
        "2130-01-01T00:00:00Z",
        "--expires",
        "2130-02-01T00:00:00Z",
        "--retain-until",
        "2130-03-01T00:00:00Z",
    )
    ran = run("run", "--graph", str(graph), "--input-json", "1", *said, *times, "--json")
    assert (ran.code, ran.json["state"]) == (0, "parked")
    assert (ran.json["name"], ran.json["tags"]) == ("Evening", ["news"])
    assert ran.json["metadata"] == {"season": 4}
    ends = [ran.json[name][:10] for name in ("due", "expires_at", "retain_until")]
    assert ends == ["2130-01-01", "2130-02-01", "2130-03-01"]


def test_the_secret_of_a_callback_is_told_once(run: Run, graph: Path) -> None:
    there = ("--callback", "https://example.com/done", "--parked")
    ran = run("run", "--graph", str(graph), "--input-json", "1", *there)
    assert (ran.code, "whsec_" in ran.err) == (0, True)
    assert "whsec_" not in run("show", ran.out.strip(), "--json").out


def test_delete_asks_first(run: Run, graph: Path) -> None:
    number = run("run", "--graph", str(graph), "--input-json", "1", "--no-wait").out.strip()
    assert run("watch", number).code == 0
    assert run("delete", number, stdin="n\n").code == 1
    assert run("show", number).code == 0
    assert run("delete", number, stdin="y\n").code == 0
    gone = run("show", number)
    assert (gone.code, gone.out) == (1, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "x.mp4", "-f", "SILENC"], "Did you mean 'SILENCE'"),
        (["run", "nothing-here.mp4", "-f", "SILENCE"], "nothing-here.mp4"),
        (["run", "-f", "SILENCE"], "exactly one of FILE"),
        (["run", "x.mp4", "-f", "SILENCE", "-p", "nonsense"], "FEATURE.KEY=VALUE"),
        (["run", "x.mp4", "-f", "SILENCE", "-p", "SILENCE.min_duration=long"], "min_duration"),
        (["run", "x.mp4", "--graph", "/nowhere.json"], "/nowhere.json"),
    ],
)
def test_a_wrong_request_ends_with_2_and_names_the_fix(
    run: Run, words: list[str], said: str
) -> None:
    ran = run(*words)
    assert ran.code == 2
    assert said in ran.err
    assert ran.out == ""


def test_an_error_in_json_goes_to_stderr_as_json(run: Run) -> None:
    ran = run("show", "999999", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert json.loads(ran.err)["error"]["code"] == "job_not_found"


def test_a_server_that_is_not_there_ends_with_3() -> None:
    ran = jobmill("jobs", "--url", "http://127.0.0.1:1", "--key", "k")
    assert ran.code == 3
    assert "jobmill serve" in ran.err


def test_a_wrong_key_ends_with_3(server: ServerProcess) -> None:
    ran = jobmill("jobs", "--url", server.url, "--key", "wrong")
    assert ran.code == 3
    assert "--key" in ran.err


def test_url_and_key_can_come_from_the_environment(server: ServerProcess) -> None:
    url, key = server.url, server.key
    assert jobmill("workers", "--json", JOBMILL_URL=url, JOBMILL_KEY=key).json["name"] == "worker-1"

"""The quickstart does what it says: its commands are run against a fresh folder."""

import json
import re
from collections.abc import Callable

import pytest

from tests.e2e.commands import ROOT, Done, blocks_of, free_port, play

PAGE = ROOT / "docs" / "quickstart.md"
pytestmark = pytest.mark.timeout(300)
Said = Callable[[str], str]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """What the one block said that holds these words."""
    folder = tmp_path_factory.mktemp("quickstart")
    done = play(blocks_of(PAGE), folder, {"JOBMILL_PORT": str(free_port())})

    def find(words: str) -> str:
        found: list[Done] = [each for each in done if words in each.commands]
        assert len(found) == 1, f"{len(found)} blocks hold {words!r}"
        return found[0].output

    return find


def test_the_server_gets_ready(said: Said) -> None:
    assert '{"status":"ready"}' in said("jobmill serve")


def test_the_job_of_the_command_line_finds_what_the_page_shows(said: Said) -> None:
    found = said("--feature AUDIO_FORMAT")
    shown = re.findall(r"^(?:AUDIO_FORMAT|IN_BLACK) .*$", PAGE.read_text(), re.MULTILINE)
    assert len(shown) == 3
    for line in shown:
        assert line in found


def test_features_are_listed_and_parameters_taken(said: Said) -> None:
    output = said("jobmill features")
    assert "SHOT_CHANGE_DETECTION" in output
    job = json.loads(next(line for line in output.splitlines() if line.startswith('{"job"')))
    (freeze,) = job["results"]
    assert [span["label"] for span in freeze["document"]["spans"]] == ["black"]


def test_the_native_call_waits_for_the_end(said: Said) -> None:
    job = json.loads(said("Prefer: wait=60"))
    assert job["state"] == "completed"
    assert job["number"] == 3


def test_results_and_events_of_that_job_are_there(said: Said) -> None:
    (result,) = json.loads(said("/results"))["items"]
    assert {span["label"] for span in result["document"]["spans"]} == {"shot"}
    stream = said("text/event-stream")
    assert stream.index("event: job.created") < stream.index("event: job.completed")


def test_an_upload_gets_an_id(said: Said) -> None:
    assert json.loads(said("--data-binary"))["state"] == "ready"


def test_the_gentoo_call_needs_no_key_and_ends(said: Said) -> None:
    output = said("/api/ai/jobs")
    started, _ = json.JSONDecoder().raw_decode(output)
    listed = {job["_id"]: job for job in json.loads(output.splitlines()[-1])}
    assert listed[started["name"]]["status"] == "done"


def test_the_python_program_prints_spans(said: Said) -> None:
    lines = said("python check.py").splitlines()
    assert lines[0] == "completed"
    assert any(line.endswith("5.1") for line in lines)


def test_a_misspelt_feature_is_refused_with_the_right_name(said: Said) -> None:
    problem = json.loads(said("AUDIO_FORMATS"))
    assert problem["code"] == "unknown_feature"
    assert "'AUDIO_FORMAT'" in problem["detail"]


def test_the_doctor_finds_the_server(said: Said) -> None:
    assert re.search(r"^server +ok", said("jobmill doctor"), re.MULTILINE)


def test_the_server_stops_when_told(said: Said) -> None:
    assert said("kill %1").splitlines()[-1] == "Stopped."

"""Reviews by commands: a person at a terminal answers what a job asks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

Ask = Callable[..., str]


@pytest.fixture
def ask(run: Run, tmp_path: Path, server: Any) -> Ask:
    """A job that asks; the id of its review."""
    from jobmill_client import Jobmill

    def make(**review: Any) -> str:
        tasks = [
            {"name": "a", "engine": "noop", "params": {"echo": {"total": 10}}},
            {"name": "r", "review": {"step": "check", "question": "Right?", **review}},
        ]
        with Jobmill(data=server.data) as client:
            job = client.jobs.create(
                input={"json": 1}, tasks=tasks, routes=[{"from": "a", "to": "r"}], name="asks"
            )
            for event in client.jobs.events(job):
                if event.type == "review.opened":
                    break
            (found,) = client.reviews.list(job=job)
            return found.id

    return make


def test_what_is_open_is_listed_shown_and_confirmed(run: Run, ask: Ask) -> None:
    review = ask()
    listed = run("review", "list", "--step", "check", "--free", "--json").lines
    assert review in {each["id"] for each in listed}
    assert "asks" in run("review", "list").out
    shown = run("review", "show", review).out
    assert "Right?" in shown
    assert run("review", "show", review, "--document", "--json").json["echo"] == {"total": 10}
    taken = run("review", "take", review)
    assert "Yours until" in taken.err
    assert review in {each["id"] for each in run("review", "list", "--mine", "--json").lines}
    done = run("review", "confirm", review, "-m", "Seen.")
    assert (done.code, done.err.strip()) == (0, "Confirmed; the job goes on.")
    assert "admin  confirm: Seen." in run("review", "show", review).out
    again = run("review", "confirm", review)
    assert (again.code, "has been answered" in again.err) == (1, True)


def test_a_document_is_edited_in_the_editor(
    run: Run, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = ask()
    monkeypatch.setenv("EDITOR", "true")
    assert "Nothing was changed" in run("review", "edit", review).err
    script = tmp_path / "editor.py"
    script.write_text(
        "import pathlib, sys\n"
        "place = pathlib.Path(sys.argv[1])\n"
        "place.write_text(place.read_text().replace('10', '12'))\n"
    )
    monkeypatch.setenv("EDITOR", f"python3 {script}")
    done = run("review", "edit", review)
    assert done.err.strip() == "Handed in; the job goes on."
    (change,) = run("review", "changes", review, "--json").lines
    assert (change["path"], change["before"], change["after"]) == ("/echo/total", 10, 12)
    assert "/echo/total  10" in run("review", "changes", review).out
    assert run("review", "changes").code == 2


def test_an_editor_that_leaves_no_json_leaves_the_file(
    run: Run, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = ask()
    script = tmp_path / "editor.py"
    script.write_text("import pathlib, sys\npathlib.Path(sys.argv[1]).write_text('{')\n")
    monkeypatch.setenv("EDITOR", f"python3 {script}")
    refused = run("review", "edit", review)
    assert (refused.code, "not JSON" in refused.err) == (2, True)


def test_a_document_from_a_file_is_refused_where_its_form_is_not_met(
    run: Run, ask: Ask, tmp_path: Path
) -> None:
    review = ask(form={"required": ["total"]})
    file = tmp_path / "edited.json"
    file.write_text("{}")
    refused = run("review", "edit", review, "--file", str(file))
    assert (refused.code, "'total' is a required property" in refused.err) == (2, True)
    assert "Your document is in" in refused.err
    file.write_text(json.dumps({"total": 3}))
    assert run("review", "edit", review, "--file", str(file)).code == 0


def test_work_is_sent_back_and_a_review_given_back(run: Run, ask: Ask) -> None:
    review = ask()
    assert run("review", "take", review).code == 0
    assert run("review", "release", review).err.strip() == "Given back."
    sent = run("review", "send-back", review, "--to", "a", "-m", "Again.")
    assert sent.err.strip() == "Sent back."
    shown = run("review", "show", review, "--json").json
    assert (shown["outcome"], shown["answers"][0]["to"]) == ("sent_back", "a")

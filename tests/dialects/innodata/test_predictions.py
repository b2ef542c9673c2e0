"""The vendor's own client of the older prediction API, unmodified."""

import json
import time
from typing import Any

import pytest

from tests.dialects.innodata.curl import Curl
from tests.dialects.innodata.people import People

ilabs = pytest.importorskip("ilabs.client.ilabs_api", reason="ilabs-client is not installed")


@pytest.fixture
def api(people: People) -> Any:
    return ilabs.ILabsApi(user_key=people.test["cleo"], api_base=people.url)


def test_a_prediction_is_made_by_its_one_call(api: Any) -> None:
    from ilabs.client.ilabs_predictor import ILabsPredictor

    told: list[str] = []
    found = ILabsPredictor(api, "doc2xml")(b"Total: 5\n", told.append)
    assert found.startswith(b"<dom")
    assert b"Total: 5" in found
    assert "uploaded, accepted size=9" in told
    assert "progress: 3/3" in told


def test_each_call_answers_as_the_client_expects(api: Any, people: People) -> None:
    assert api.ping() == {"ping": "pong"}
    sent = api.upload_input(b"Total: 6\n", "letter.txt")
    assert sent == {"bytes_accepted": 9, "input_filename": "letter.txt"}
    assert api.download_input("letter.txt") == b"Total: 6\n"
    task = api.predict("pdf2xml", "letter.txt")
    until = time.monotonic() + 60
    while not (told := api.status("pdf2xml", task["task_id"]))["completed"]:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert "error" not in told
    assert b"Total: 6" in api.download_output(task["output_filename"])
    assert json.loads(api.get(task["task_cancel_url"])) == {"cancelled": False}
    assert api.upload_feedback("pdf2xml", "letter.txt", b"right")["bytes_accepted"] == 5

    cleo = Curl(people.url, f"{people.test['cleo']}:")
    assert cleo.get(f"/jobs/{task['task_id']}")["type"] == "pdf2xml"


def test_a_task_that_fails_or_is_cancelled_says_so(api: Any, people: People) -> None:
    api.upload_input(b"\0", "broken.txt")
    task = api.predict("doc2xml", "broken.txt")["task_id"]
    Curl(people.url, f"{people.test['cleo']}:").until(task)
    assert api.status("doc2xml", task)["error"] == "The document is broken."


@pytest.mark.parametrize(
    ("call", "given"),
    [
        ("predict", ("doc2xml", "nowhere.txt")),
        ("predict", ("no-such-type", "letter.txt")),
        ("download_output", ("nothing.xml",)),
        ("status", ("doc2xml", "nothing")),
    ],
)
def test_what_is_not_there_is_an_error_of_the_client(
    api: Any, call: str, given: tuple[str, ...]
) -> None:
    with pytest.raises(Exception, match=r"40[04]"):
        getattr(api, call)(*given)


def test_a_key_is_needed(people: People) -> None:
    with pytest.raises(Exception, match="401"):
        ilabs.ILabsApi(user_key="nothing", api_base=people.url).ping()

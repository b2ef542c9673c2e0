"""What an engine does not take is refused when the job is made."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.running import Running, running

FEATURE = {"features": ["SILENCE"]}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("media-in")
    (folder / "media").mkdir()
    for name in ("notes.txt", "film.mp4", "film.ts", "film"):
        (folder / "media" / name).write_text("bytes")
    with running(folder, worker=False) as up:
        yield up


def upload(house: Running, media_type: str) -> str:
    headers = {"Content-Type": media_type, "X-Name": "thing"}
    answer = house.client.post("/api/v1/assets", content=media_type.encode(), headers=headers)
    name: str = answer.json()["id"]
    return name


def asked(house: Running, path: str = "jobs", **body: Any) -> Any:
    return house.client.post(f"/api/v1/{path}", json={**FEATURE, **body})


def test_media_of_another_kind_is_refused_and_named(house: Running) -> None:
    for given, kind in (
        ({"path": "notes.txt"}, "text/plain"),
        ({"json": {"n": 1}}, "application/json"),
        ({"asset": upload(house, "image/png")}, "image/png"),
    ):
        answer = asked(house, input=given)
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["field"]) == (
            422,
            "media_not_taken",
            "input",
        )
        assert kind in problem["detail"]
        assert "video/*" in problem["detail"]
    assert house.client.get("/api/v1/jobs").json()["items"] == []


@pytest.mark.parametrize("name", ["film.mp4", "film.ts", "film"])
def test_media_that_fits_or_cannot_be_told_is_taken(house: Running, name: str) -> None:
    assert asked(house, input={"path": name}).status_code == 201


def test_what_is_still_to_be_fetched_is_for_the_engine_to_see(house: Running) -> None:
    assert asked(house, input={"url": "https://example.com/page.html"}).status_code == 201


def test_the_row_of_a_batch_is_named(house: Running) -> None:
    rows = [{"input": {"path": "film.mp4"}}, {"input": {"path": "notes.txt"}}]
    body = {"template": FEATURE, "rows": rows}
    problem = house.client.post("/api/v1/batches", json=body).json()
    assert (problem["code"], problem["field"]) == ("media_not_taken", "rows.1.input")

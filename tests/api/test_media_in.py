"""What an engine does not take is refused when the job is made, or when its type is known."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
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


def test_a_program_names_the_value_of_its_input_that_names_the_media(house: Running) -> None:
    row = {"audio_url": upload(house, "image/gif")}
    given = {"pipeline": "transcription", "input": {"json": row}}
    problem = house.client.post("/api/v1/jobs", json=given).json()
    assert (problem["code"], problem["field"]) == ("media_not_taken", "input.audio_url")
    rows = {"pipeline": "transcription", "inputs": [row]}
    batch = house.client.post("/api/v1/batches/rows", json=rows).json()
    path, patient = f"/api/v1/jobs/{batch['job']}", {"Prefer": "wait=60"}
    while house.client.get(path, headers=patient).json()["ended_at"] is None:
        pass
    (error,) = house.client.get(f"{batch['links']['self']}/errors").json()["items"]
    assert (error["row"], error["field"]) == (0, "audio_url")
    assert error["message"].startswith("audio_url: the engine 'transcribe' takes")


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


class _Picture(BaseHTTPRequestHandler):
    """Says at once what it sends, and sends it when it is told, which nobody does."""

    over = threading.Event()
    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/plain" if "text" in self.path else "image/png")
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(b"no media" * 1000)
            self.over.wait(60)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture(scope="module")
def pictures() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Picture)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    _Picture.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def fetching(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    allowed = (ip_network("127.0.0.0/8"),)
    with running(tmp_path_factory.mktemp("fetching"), fetch_allow=allowed) as up:
        yield up


@pytest.mark.parametrize(
    "graph",
    [FEATURE, {"tasks": [{"name": "cut", "engine": "chunker"}]}],
    ids=["a whole task", "a stream"],
)
def test_what_an_address_brings_is_refused_before_its_bytes_come(
    fetching: Running, pictures: str, graph: dict[str, Any]
) -> None:
    before = len(_Picture.asked)
    body = {**graph, "input": {"url": f"{pictures}/film.mp4"}}
    made = fetching.client.post("/api/v1/jobs", json=body)
    assert made.status_code == 201, made.text
    reason = fetching.finish(made.json())["reason"]
    assert (reason["code"], reason["kind"]) == ("media_not_taken", "input")
    assert "this is image/png" in reason["message"]
    assert len(_Picture.asked) == before + 1, "and it is not asked again"


def test_a_type_that_servers_give_to_anything_says_nothing(
    fetching: Running, pictures: str
) -> None:
    tasks = [{"name": "cut", "engine": "chunker"}]
    job = fetching.submit(tasks=tasks, input={"url": f"{pictures}/text"})
    assert fetching.finish(job)["reason"]["code"] == "not_media"

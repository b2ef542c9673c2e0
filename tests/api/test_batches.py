"""Batches of rows through the native API: read in the background, each row made once or told of."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.api.test_many import post
from tests.api.test_steering import until
from tests.running import Running

SCHEMA = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "text": {"type": "string", "minLength": 2},
        "loud": {"type": "boolean"},
    },
    "required": ["text"],
    "additionalProperties": False,
}
TASKS = [{"name": "a", "engine": "noop"}]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def pipelines(idle: Running) -> None:
    """A program whose input is a text, and a pipeline that works on any input."""
    program = {"input_schema": SCHEMA, "answer": "a"}
    for body in ({"name": "texts", "tasks": TASKS, "program": program}, {"name": "any"}):
        answer = idle.client.post("/api/v1/pipelines", json={"tasks": TASKS, **body})
        assert answer.status_code == 201, answer.text


@pytest.fixture
def batch_of(idle: Running, pipelines: None) -> Callable[..., Row]:
    """Start a batch of rows, and wait until it has been read."""

    def batch_of(pipeline: str = "texts", **body: Any) -> Row:
        started = post(idle, "batches/rows", pipeline=pipeline, **body)
        return read(idle, started)

    return batch_of


def read(server: Running, batch: Row) -> Row:
    """The batch when its reader has ended."""
    reader = server.client.get(f"/api/v1/jobs/{batch['job']}").json()
    until(server, reader, lambda job: job["ended_at"] is not None)
    shown: Row = server.client.get(batch["links"]["self"]).json()
    return shown


def upload(server: Running, name: str, data: bytes | str) -> Row:
    content = data if isinstance(data, bytes) else data.encode()
    answer = server.client.post("/api/v1/assets", content=content, headers={"X-Name": name})
    assert answer.status_code == 201, answer.text
    return {"asset": answer.json()["id"]}


def jobs_of(server: Running, batch: Row) -> list[Row]:
    found: list[Row] = []
    cursor = None
    while cursor is not None or not found:
        query = {"batch": batch["id"], "limit": 1000, "cursor": cursor}
        page = server.client.get(
            "/api/v1/jobs", params={k: v for k, v in query.items() if v is not None}
        ).json()
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    return found[::-1]


def inputs_of(server: Running, batch: Row) -> list[Any]:
    return [job["input"].get("json") for job in jobs_of(server, batch)]


def errors_of(server: Running, batch: Row) -> dict[int, tuple[str | None, str]]:
    page = server.client.get(batch["links"]["errors"], params={"limit": 500}).json()
    return {each["row"]: (each["field"], each["message"]) for each in page["items"]}


def test_rows_of_a_list_become_jobs_in_their_order(
    idle: Running, batch_of: Callable[..., Row]
) -> None:
    rows = [{"id": n, "text": f"row {n}"} for n in range(1_203)]
    batch = batch_of(inputs=rows, name="March", tags=["march"], metadata={"by": "me"}, parked=True)
    assert (batch["state"], batch["size"], batch["total"]) == ("ready", 1_203, 1_203)
    assert (batch["processed"], batch["valid"], batch["invalid"]) == (1_203, 1_203, 0)
    assert (batch["name"], batch["pipeline"], batch["error"]) == ("March", "texts", None)
    assert batch["counts"] == {"parked": 1_203}
    assert inputs_of(idle, batch) == rows
    job = jobs_of(idle, batch)[0]
    assert (job["tags"], job["metadata"], job["pipeline"]) == (["march"], {"by": "me"}, "texts")


def test_a_batch_is_accepted_before_its_rows_are_looked_at(idle: Running, pipelines: None) -> None:
    started = idle.client.post(
        "/api/v1/batches/rows", json={"pipeline": "texts", "inputs": ["wrong"] * 5}
    )
    assert started.status_code == 202
    assert started.headers["Location"] == started.json()["links"]["self"]
    assert started.json()["total"] == 5
    batch = read(idle, started.json())
    assert (batch["state"], batch["size"], batch["invalid"]) == ("failed", 0, 5)
    assert "5 of 5 rows" in batch["error"]


def test_good_rows_are_made_and_bad_ones_told_by_row_and_field(
    idle: Running, batch_of: Callable[..., Row]
) -> None:
    rows: list[Any] = [{"text": "good"}, {"text": "x"}, {"id": 1}, "no object", {"text": "fine"}]
    rows += [{"text": "good", "more": 1}, {"text": "good", "id": "1"}, None]
    batch = batch_of(inputs=rows)
    assert (batch["state"], batch["size"], batch["valid"], batch["invalid"]) == ("partial", 2, 2, 6)
    assert inputs_of(idle, batch) == [{"text": "good"}, {"text": "fine"}]
    told = errors_of(idle, batch)
    fields = {row: field for row, (field, _) in told.items()}
    assert fields == {1: "text", 2: "text", 3: None, 5: "more", 6: "id", 7: None}
    first = idle.client.get(batch["links"]["errors"], params={"limit": 4}).json()
    rest = idle.client.get(
        batch["links"]["errors"], params={"limit": 4, "cursor": first["next"]}
    ).json()
    assert [each["row"] for each in first["items"] + rest["items"]] == list(fields)
    assert rest["next"] is None


def test_a_strict_batch_with_a_bad_row_makes_nothing_but_tells_all_that_is_wrong(
    idle: Running, batch_of: Callable[..., Row]
) -> None:
    rows = [{"text": "x" if n in (600, 1_100) else "good"} for n in range(1_200)]
    batch = batch_of(inputs=rows, strict=True)
    assert (batch["state"], batch["size"], batch["invalid"]) == ("failed", 0, 2)
    assert list(errors_of(idle, batch)) == [600, 1_100]
    assert inputs_of(idle, batch) == []


def test_a_strict_batch_of_good_rows_is_made(idle: Running, batch_of: Callable[..., Row]) -> None:
    rows = [{"text": f"row {n}", "id": n} for n in range(1_100)]
    batch = batch_of(inputs=rows, strict=True, key="id", parked=True)
    assert (batch["state"], batch["size"], batch["processed"]) == ("ready", 1_100, 1_100)
    assert inputs_of(idle, batch) == rows


CSV = "id;text;loud\n1;one;true\n2;two;\n;three;FALSE\n4;x;true\n5;five;maybe\n"


@pytest.mark.parametrize(
    ("name", "data", "made", "wrong"),
    [
        (
            "rows.jsonl",
            '{"text": "one", "id": 1}\n\n{"text": }\n{"text": "two"}\n{"text": "2", "text": "3"}',
            [{"text": "one", "id": 1}, {"text": "two"}],
            {1: None, 3: "text"},
        ),
        ("rows.json", '[{"text": "one"}, {"text": 01}]', [{"text": "one"}], {1: None}),
        (
            "rows.csv",
            CSV,
            [
                {"id": 1, "text": "one", "loud": True},
                {"id": 2, "text": "two"},
                {"text": "three", "loud": False},
            ],
            {3: "text", 4: "loud"},
        ),
    ],
)
def test_rows_of_a_file_are_read_as_the_schema_has_them(
    idle: Running,
    batch_of: Callable[..., Row],
    name: str,
    data: str,
    made: list[Row],
    wrong: dict[int, str | None],
) -> None:
    batch = batch_of(file=upload(idle, name, data))
    assert (batch["state"], batch["total"]) == ("partial", len(made) + len(wrong))
    assert inputs_of(idle, batch) == made
    assert {row: field for row, (field, _) in errors_of(idle, batch).items()} == wrong


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("rows.csv", "text,text\na,b\n", "twice"),
        ("rows.json", '[{"text": "one"}', "within row 0"),
        ("rows.json", '{"text": "one"}', "JSON list"),
        ("rows.json", "[]", "no rows"),
        ("rows.jsonl", '{"text": "one"}'.encode("utf-16"), "UTF-16"),
        ("rows.csv", b"text\nsch\xf6n\n", "1 of 1 rows"),
    ],
)
def test_a_file_that_cannot_be_read_fails_the_batch_and_says_why(
    idle: Running, batch_of: Callable[..., Row], name: str, data: bytes | str, said: str
) -> None:
    batch = batch_of(file=upload(idle, name, data))
    assert (batch["state"], batch["size"]) == ("failed", 0)
    assert said in batch["error"]
    reader = idle.client.get(f"/api/v1/jobs/{batch['job']}").json()
    assert (reader["state"], reader["reason"]["code"]) == ("failed", "batch_failed")


def test_what_stands_before_the_break_of_a_file_is_made(
    idle: Running, batch_of: Callable[..., Row]
) -> None:
    batch = batch_of(file=upload(idle, "rows.json", '[{"text": "one"}, {"text": "tw'))
    assert (batch["state"], batch["size"], batch["total"]) == ("partial", 1, None)
    assert "within row 1" in batch["error"]


@pytest.mark.parametrize("strict", [False, True])
def test_rows_that_share_a_key_are_told_apart(
    idle: Running, batch_of: Callable[..., Row], strict: bool
) -> None:
    rows = [{"text": "one", "id": 1}, {"text": "two", "id": 2}, {"text": "three", "id": 1}]
    batch = batch_of(inputs=[*rows, {"text": "four"}], key="id", strict=strict)
    assert inputs_of(idle, batch) == ([] if strict else rows[:2])
    told = errors_of(idle, batch)
    assert {row: field for row, (field, _) in told.items()} == {2: "id", 3: "id"}
    assert "row 0" in told[2][1]


def test_what_is_said_of_a_row_does_not_repeat_all_of_it(
    idle: Running, batch_of: Callable[..., Row]
) -> None:
    rows = [{"text": ["a" * 200_000]}, {"text": "aa", "b" * 200_000: 1}, {"text": "aa"}]
    batch = batch_of(inputs=rows)
    errors = idle.client.get(f"{batch['links']['self']}/errors").json()["items"]
    assert [each["row"] for each in errors] == [0, 1]
    assert max(len(each["message"]) + len(each["field"]) for each in errors) < 1_000
    assert errors[0]["message"].endswith("is not of type 'string'.")


def test_rows_of_a_plain_pipeline_name_what_to_work_on(
    idle: Running, batch_of: Callable[..., Row]
) -> None:
    talk = upload(idle, "talk.wav", "RIFF")
    rows = [talk, {"json": {"n": 1}}, {"path": "not-there.mp4"}, {"asset": "nobody"}, 7]
    batch = batch_of("any", inputs=[*rows, {"url": "ftp://x/y"}, {"json": 1, "path": "x"}])
    assert [job["input"] for job in jobs_of(idle, batch)] == [talk, {"json": {"n": 1}}]
    told = errors_of(idle, batch)
    fields = {row: field for row, (field, _) in told.items()}
    assert fields == {2: "path", 3: "asset", 4: None, 5: "url", 6: None}


def test_what_was_written_for_a_refused_row_does_not_stay(
    idle: Running, batch_of: Callable[..., Row]
) -> None:
    program = {"input_schema": {}, "answer": "a", "files": ["/video", "a:/other"]}
    body = {"name": "pairs", "tasks": TASKS, "program": program}
    assert idle.client.post("/api/v1/pipelines", json=body).status_code == 201
    video = "http://example.com/kept-by-nobody.mp4"
    count = len(idle.client.get("/api/v1/assets", params={"limit": 1000}).json()["items"])
    batch = batch_of("pairs", inputs=[{"video": video, "other": "nobody"}, {"video": video}])
    assert (batch["size"], list(errors_of(idle, batch))) == (1, [0])
    after = idle.client.get("/api/v1/assets", params={"limit": 1000}).json()["items"]
    assert len(after) - count <= 2  # that of the row that was made, and the rows themselves


def test_a_batch_that_makes_no_sense_is_refused_at_once(idle: Running, pipelines: None) -> None:
    good = {"pipeline": "texts", "inputs": [{"text": "one"}]}
    file = upload(idle, "rows.bin", "x")
    for body, status, field in (
        ({**good, "pipeline": "nobody"}, 404, "pipeline"),
        ({**good, "inputs": []}, 422, "inputs"),
        ({**good, "file": file}, 422, "inputs"),
        ({"pipeline": "texts", "file": file}, 422, "format"),
        ({"pipeline": "texts", "file": {"asset": "nobody"}}, 404, "file.asset"),
        ({"pipeline": "texts", "file": {"path": "nobody.csv"}}, 422, "file.path"),
        ({"pipeline": "texts", "file": {}}, 422, "file"),
        ({**good, "callback": "http://example.com/"}, 422, "callback.secret"),
        ({**good, "tags": ["x" * 101]}, 422, "tags.0"),
        ({**good, "retain_days": 1, "retain_until": "2130-01-01T00:00:00Z"}, 422, "retain_until"),
    ):
        answer = idle.client.post("/api/v1/batches/rows", json=body)
        assert answer.status_code == status, (body, answer.text)
        assert answer.json()["field"].startswith(field), answer.text


def test_a_body_that_is_too_large_is_refused_by_its_size(idle: Running, pipelines: None) -> None:
    text = "x" * 1_000_000
    body = {"pipeline": "texts", "inputs": [{"text": text}] * 9}
    answer = idle.client.post("/api/v1/batches/rows", json=body)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_whole_batch_is_cancelled_and_restarted(
    idle: Running, batch_of: Callable[..., Row]
) -> None:
    batch = batch_of(inputs=[{"text": f"row {n}"} for n in range(220)])
    for action, counts in (("cancel", {"cancelled": 220}), ("restart", {"queued": 220})):
        job = post(idle, f"batches/{batch['id']}/{action}")
        until(idle, job, lambda shown: shown["ended_at"] is not None)
        assert idle.client.get(batch["links"]["self"]).json()["counts"] == counts
    post(idle, f"batches/{batch['id']}/cancel")


def test_a_cancelled_batch_is_read_no_further(idle: Running, pipelines: None) -> None:
    rows = [{"text": f"row {n}"} for n in range(30_000)]
    batch = post(idle, "batches/rows", pipeline="texts", inputs=rows)
    job = post(idle, f"batches/{batch['id']}/cancel")
    until(idle, job, lambda shown: shown["ended_at"] is not None)
    ended = read(idle, batch)
    assert ended["state"] in ("failed", "partial")
    assert ended["size"] < 30_000
    assert ended["counts"].get("cancelled", 0) == ended["size"]


@pytest.fixture
def told(idle: Running) -> Callable[[], list[Row]]:
    """What readers of batches say in their history."""

    def events() -> list[Row]:
        listed = idle.client.get("/api/v1/jobs", params={"type": "ingest", "limit": 1000}).json()
        found = []
        for job in listed["items"]:
            history = idle.client.get(job["links"]["events"]).json()["items"]
            found += [each for each in history if each["type"].startswith("batch.")]
        return found

    return events


def test_the_end_of_a_batch_is_an_event(
    batch_of: Callable[..., Row], told: Callable[[], list[Row]]
) -> None:
    made = [
        batch_of(inputs=[{"text": "one"}]),
        batch_of(inputs=[{"text": "one"}, {}]),
        batch_of(inputs=[{}]),
    ]
    said = {each["data"]["batch"]: each for each in told()}
    types = [said[batch["id"]]["type"] for batch in made]
    assert types == ["batch.completed", "batch.partial", "batch.failed"]
    data = said[made[1]["id"]]["data"]
    assert (data["size"], data["valid"], data["invalid"], data["total"]) == (1, 1, 1, 2)


def test_another_organization_sees_nothing_of_a_batch(
    idle: Running, batch_of: Callable[..., Row]
) -> None:
    batch = batch_of(inputs=[{}])
    other = idle.client.post("/api/v1/organizations", json={"name": "strangers"}).json()
    key = {"Authorization": f"Bearer {other['key']}"}
    with httpx2.Client(base_url=idle.url, headers=key) as stranger:
        for path in (batch["links"]["self"], batch["links"]["errors"]):
            assert stranger.get(path).status_code == 404
        assert stranger.post(f"{batch['links']['self']}/cancel").status_code == 404
    assert json.loads(idle.client.get(batch["links"]["self"]).text)["state"] == "failed"

"""Jobs at a real server: how they stand, lists, outputs, delete."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobmill.core.accounts import Right
from tests.dialects.aiware.edge.shapes import ERROR, JOB, OUTPUT, check, list_of
from tests.dialects.aiware.edge.speaking import MOUNT, WRITER, Edge, task, translation
from tests.dialects.aiware.speaking import Speaker
from tests.running import Gate, Running

NOBODY = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


@pytest.fixture(scope="module")
def done(edge: Edge, spanish: str) -> str:
    """The documentation's job, complete."""
    (job,) = edge.create(translation(spanish))
    assert edge.ended(job) == "complete"
    return job


@pytest.fixture
def failed(edge: Edge, gate: Gate) -> str:
    """A job whose engine failed."""
    (job,) = edge.create(gated(gate, maxRetries=0))
    gate.tell("log it begins", "fail the tide was too low")
    assert edge.ended(job) == "failed"
    return job


def gated(gate: Gate, **words: Any) -> dict[str, Any]:
    """A job of one task that waits at a gate."""
    return {"tasks": [task("gate", payloadJSON={"GATE": {"gate": str(gate.path)}}, **words)]}


def test_a_detail_has_the_shape_of_the_openapi_file(edge: Edge, done: str) -> None:
    detail = edge.get(f"/proc/job/{done}/detail")["job"]

    check(detail, JOB)
    assert detail["internalJobID"] == done
    assert detail["jobStatus"] == "complete"
    assert {each["taskStatus"] for each in detail["tasks"]} == {"complete"}
    assert detail["startedDateTime"] <= detail["completedDateTime"]
    assert "abortedDateTime" not in detail
    first, second = detail["tasks"]
    assert first["childTaskIDs"] == [second["internalTaskID"]]
    assert second["parentTaskID"] == first["internalTaskID"]
    assert "parentTaskID" not in first
    assert (first["failureReason"], first["errorCount"]) == ("none", 0)


def test_routes_name_tasks_and_folders_that_the_detail_has(edge: Edge, done: str) -> None:
    detail = edge.get(f"/proc/job/{done}/detail")["job"]
    first, second = detail["tasks"]

    root, route = detail["taskRoutes"]
    assert root == {"taskChildId": first["internalTaskID"]}
    assert route["taskParentOutputId"] == first["ioFolders"][0]["id"]
    assert route["taskChildInputId"] == second["ioFolders"][0]["id"]
    assert (route["taskParentOutputCount"], route["taskChildInputRemainingCount"]) == (1, 0)


@pytest.mark.parametrize("path", ["status", "recheck_status"])
def test_a_status_is_short(edge: Edge, done: str, path: str) -> None:
    assert edge.get(f"/proc/job/{done}/{path}") == {
        "job": {"internalJobID": done, "jobStatus": "complete"}
    }


def test_the_id_that_graphql_shows_is_taken_too(edge: Edge, done: str) -> None:
    core = edge.get(f"/proc/job/{done}/detail")["job"]["coreJobID"]

    assert edge.get(f"/proc/job/{core}/status")["job"]["internalJobID"] == done
    assert edge.get(f"/proc/job/{done.upper()}/status")["job"]["internalJobID"] == done


def test_there_is_no_output_before_it_is_whole(edge: Edge, gate: Gate) -> None:
    (job,) = edge.create(gated(gate))
    gate.tell("write a part")
    assert edge.get(f"/proc/job/{job}/outputs")["outputs"] == {
        "internalJobID": job,
        "outputs": [],
    }

    gate.open()

    assert edge.ended(job) == "complete"
    (output,) = edge.outputs(job)
    document = edge.get(f"/proc/job/{job}/output/{output['name']}")
    assert document["sourceEngineName"] == "Gate"


def test_a_raw_output_comes_in_an_object_when_asked(edge: Edge, done: str) -> None:
    (output,) = edge.outputs(done)
    check(output, OUTPUT)
    path = f"/proc/job/{done}/output/{output['name']}"

    raw = edge.call("GET", path)
    wrapped = edge.get(path, format="envelope")["output"]

    check(wrapped, OUTPUT)
    assert wrapped["contents"] == raw.text
    assert wrapped["contentsValid"] is True
    assert {key: wrapped[key] for key in output} == output
    assert edge.call("GET", path.replace("/output/", "/download/")).content == raw.content
    part = edge.call("GET", path, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, raw.content[:10])


def test_an_output_that_is_not_there_is_not_found(edge: Edge, done: str) -> None:
    answer = edge.call("GET", f"/proc/job/{done}/output/vtn-standard-{NOBODY}.json")

    assert answer.status_code == 404
    check(answer.json(), ERROR)


def test_a_failed_job_says_why_and_its_other_facts_stay(edge: Edge, failed: str) -> None:
    detail = edge.get(f"/proc/job/{failed}/detail")["job"]

    check(detail, JOB)
    (only,) = detail["tasks"]
    assert (only["taskStatus"], only["failureReason"]) == ("failed", "internal_error")
    assert only["failureDetail"] == "the tide was too low"
    assert only["errorCount"] == 1
    assert edge.get(f"/proc/job/{failed}/outputs")["outputs"]["outputs"] == []


def test_of_a_failed_job_what_others_found_is_an_output(edge: Edge, spanish: str) -> None:
    job = translation(spanish)
    job["tasks"].append(
        task(
            "gate",
            payloadJSON={"GATE": {"gate": "/nowhere/at/all"}},
            correlationTaskId="x",
            maxRetries=0,
        )
    )
    job["taskRoutes"].append({"taskChildId": "x"})

    (ident,) = edge.create(job)

    assert edge.ended(ident) == "failed"
    assert len(edge.outputs(ident)) == 1


def test_a_job_is_deleted_while_it_runs(edge: Edge, gate: Gate) -> None:
    (job,) = edge.create(gated(gate))
    gate.tell("progress 1")

    answer = edge.call("POST", f"/proc/job/{job}/delete", json={"jobID": job})

    assert (answer.status_code, answer.content) == (204, b"")
    for path in ("status", "detail", "outputs"):
        assert edge.call("GET", f"/proc/job/{job}/{path}").status_code == 404
    assert edge.call("POST", f"/proc/job/{job}/delete").status_code == 404


def test_a_list_has_a_total_and_pages(edge: Edge, done: str) -> None:
    first = edge.get("/proc/jobs", limit=1)

    check(first, list_of(JOB))
    assert (first["limit"], first["offset"], len(first["result"])) == (1, 0, 1)
    beyond = edge.get("/proc/jobs", limit=1, offset=first["count"])
    assert (beyond["result"], beyond["count"]) == ([], first["count"])
    assert edge.get("/proc/jobs")["limit"] == 10


def test_a_list_is_ordered(edge: Edge, done: str) -> None:
    newest = [each["createdDateTime"] for each in edge.get("/proc/jobs", limit=100)["result"]]
    oldest = edge.get("/proc/jobs", limit=100, direction="asc", orderBy="createdDateTime")

    assert newest == sorted(newest, reverse=True)
    assert [each["createdDateTime"] for each in oldest["result"]] == sorted(newest)
    changed = edge.get("/proc/jobs", limit=100, orderBy="modifiedDateTime")["result"]
    times = [each["modifiedDateTime"] for each in changed]
    assert times == sorted(times, reverse=True)


def test_a_list_is_filtered(edge: Edge, done: str, failed: str) -> None:
    detail = edge.get(f"/proc/job/{done}/detail")["job"]

    def ids(**query: Any) -> set[str]:
        found = edge.get("/proc/jobs", limit=1000, **query)
        assert found["count"] == len(found["result"])
        return {each["internalJobID"] for each in found["result"]}

    assert failed in ids(status="failed")
    assert done not in ids(status="failed")
    assert done in ids(status="complete")
    assert ids(status="rejected") == set()
    assert ids(jobID=done) == {done}
    assert ids(coreJobID=detail["coreJobID"]) == {done}
    assert ids(jobID=NOBODY) == set()
    assert ids(recordingID=detail["coreRecordingId"]) == {done}
    assert ids(recordingID="x") == set()
    assert done in ids(organizationID=detail["internalOrganizationID"])
    assert ids(organizationID=NOBODY) == set()
    now = datetime.now(UTC)
    old, soon = int((now - timedelta(days=1)).timestamp()), int(now.timestamp()) + 60
    assert done in ids(CreatedAfter=old, CreatedBefore=soon)
    assert ids(CreatedBefore=old) == set()
    assert ids(createdafter=soon) == set()
    assert done in ids(modifiedAfter=old)
    assert ids(modifiedAfter=soon) == set()
    assert ids(startTime=soon) == set()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "x"}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"offset": -1}, "offset"),
        ({"status": "done"}, "status"),
        ({"direction": "up"}, "direction"),
        ({"orderBy": "name"}, "orderBy"),
        ({"CreatedAfter": "yesterday"}, "CreatedAfter"),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(
    edge: Edge, query: dict[str, Any], field: str
) -> None:
    answer = edge.call("GET", "/proc/jobs", params=query)

    assert answer.status_code == 400
    check(answer.json(), ERROR)
    assert answer.json()["field"] == field


def test_jobs_made_elsewhere_are_shown_too(edge: Edge, server: Running) -> None:
    tasks = [{"name": "a", "engine": "noop"}, {"name": "b", "engine": "noop"}]
    made = server.submit(tasks=tasks, routes=[{"from": "a", "to": "b"}])
    server.finish(made)

    detail = edge.get(f"/proc/job/{made['id']}/detail")["job"]

    check(detail, JOB)
    assert len(detail["tasks"]) == 2
    assert len(edge.outputs(made["id"])) == 2


def test_a_stranger_finds_nothing(edge: Edge, server: Running, done: str) -> None:
    made = server.client.post("/api/v1/organizations", json={"name": "elsewhere"})
    with Edge(server.url, made.json()["key"]) as stranger:
        assert stranger.call("GET", f"/proc/job/{done}/status").status_code == 404
        listed = stranger.get("/proc/jobs")
        assert (listed["result"], listed["count"]) == ([], 0)


def test_a_key_without_the_right_is_refused(server: Running, spanish: str) -> None:
    with Edge(server.url, server.key_with(Right.JOBS_READ)) as reader:
        answer = reader.call("POST", "/proc/job/create", json={"jobs": [translation(spanish)]})
        assert answer.status_code == 403
        check(answer.json(), ERROR)
        assert reader.call("GET", "/admin/engines").status_code == 403
        assert reader.call("GET", "/proc/jobs").status_code == 200


def test_a_key_is_taken_in_either_header(server: Running, done: str) -> None:
    with Edge(server.url, None) as nobody:
        path = f"{MOUNT}/proc/job/{done}/status"
        assert nobody.http.get(path, headers={"api_key": server.key}).status_code == 200
        bearer = {"Authorization": f"Bearer {server.key}"}
        assert nobody.http.get(path, headers=bearer).status_code == 200
        for headers in ({}, {"api_key": "x"}, {"Authorization": "Bearer x"}):
            refused = nobody.http.get(path, headers=headers)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"] == "Bearer"
            check(refused.json(), ERROR)


def test_the_five_tasks_run_over_edge_too(edge: Edge, api: Speaker, media: str) -> None:
    def folder(name: str, kind: str, mode: str) -> dict[str, str]:
        return {"correlationID": name, "type": kind, "mode": mode, "optionsJSON": "{}"}

    tasks = [
        task(
            "9e611ad7-2d3b-48f6-a51b-0a1ba40fe255",
            correlationTaskId="wsa",
            payloadJSON={"url": media},
            ioFolders=[folder("wsaOut", "output", "stream")],
        ),
        task(
            "8bdb0e3b-ff28-4f6e-a3ba-887bd06e6440",
            correlationTaskId="chunker",
            payloadJSON={
                "ffmpegTemplate": "audio",
                "customFFMPEGProperties": {"chunkSizeInSeconds": "20"},
            },
            ioFolders=[folder("in", "input", "stream"), folder("out", "output", "chunk")],
        ),
        task(
            "c0e55cde-340b-44d7-bb42-2e0d65e98255",
            correlationTaskId="engine",
            maxEngines=2,
            parallelProcessing=True,
            ioFolders=[folder("in", "input", "chunk"), folder("out", "output", "chunk")],
        ),
        task(WRITER, correlationTaskId="ow", ioFolders=[folder("owIn", "input", "chunk")]),
    ]
    pairs = [("wsa", "wsaOut", "chunker", "in"), ("chunker", "out", "engine", "in")]
    pairs.append(("engine", "out", "ow", "owIn"))
    keys = ("taskParentId", "taskParentOutputId", "taskChildId", "taskChildInputId")
    routes = [{"taskChildId": "wsa"}, *(dict(zip(keys, pair, strict=True)) for pair in pairs)]

    (job,) = edge.create({"tasks": tasks, "taskRoutes": routes})

    detail_of = f"/proc/job/{job}/detail"
    assert edge.ended(job) == "complete", edge.get(detail_of)
    detail = edge.get(detail_of)["job"]
    check(detail, JOB)
    chunks = detail["tasks"][2]["chunkCountInfo"]
    assert chunks["chunkCompletedCount"] == chunks["chunkToProcessCount"] >= 3
    (output,) = edge.outputs(job)
    series = edge.get(f"/proc/job/{job}/output/{output['name']}")["series"]
    assert [each["words"][0]["word"] for each in series] == [f"word{i}" for i in range(len(series))]
    assert len(series) == chunks["chunkCompletedCount"]
    files = edge.get(f"/proc/task/{detail['tasks'][1]['internalTaskID']}/outputs")["outputs"]
    assert len(files["outputs"]) == len(series)

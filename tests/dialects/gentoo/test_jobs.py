"""A job's document in each state, beside the documentation's own examples."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobmill.core.engines import FailureClass
from jobmill.core.ids import (
    ItemNumber,
    JobId,
    JobNumber,
    OrganizationNumber,
    TaskNumber,
    UserNumber,
    new_id,
)
from jobmill.core.items import Item, ItemKind
from jobmill.core.jobs.model import Failure, FeatureProgress, Job, JobGraph, Task
from jobmill.core.jobs.ports import JobSummary
from jobmill.core.jobs.states import JobState, TaskState
from jobmill.core.results import Provenance, Result, ResultWarning
from jobmill.dialects.gentoo.mapping.jobs import (
    FAILURE_CODES,
    STATUS,
    SeenJob,
    error_of,
    job_document,
    job_summary,
    states_of,
)
from jobmill.dialects.gentoo.schema import STATUSES
from tests.dialects.gentoo.examples import document

CREATED = datetime(2020, 12, 9, 1, 32, 5, 304000, tzinfo=UTC)
ENDED = datetime(2020, 12, 9, 1, 32, 31, 458000, tzinfo=UTC)
PROVENANCE = Provenance("scan", "1.0.0", {})
ITEM = Item(
    ItemNumber(7), new_id(1607477456000), OrganizationNumber(1), ItemKind.RECORDING, "m", CREATED
)


def graph(state: JobState, task: TaskState, **fields: Any) -> JobGraph:
    ended = ENDED if task in (TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED) else None
    job = Job(
        number=JobNumber(1),
        id=JobId(new_id(1607477525304)),
        organization=OrganizationNumber(1),
        owner=UserNumber(1),
        type="features",
        state=state,
        created_at=CREATED,
        updated_at=ENDED,
        features=("AUDIO_FORMAT",),
        input={"path": "/myfiles/movie.mp4"},
        retain_until=CREATED + timedelta(days=30),
    )
    only = Task(
        TaskNumber(1), "t", JobNumber(1), "scan", "scan", "cpu", task, features=("AUDIO_FORMAT",)
    )
    only = replace(only, ended_at=ended, started_at=CREATED if ended else None)
    return JobGraph(replace(job, **fields), (only,))


def spans(*ends: tuple[float, str]) -> dict[str, Any]:
    starts = (0.0, *(end for end, _ in ends))
    return {
        "spans": [
            {"start_ms": start, "end_ms": end, "label": label}
            for start, (end, label) in zip(starts, ends, strict=False)
        ]
    }


AUDIO = Result(
    "scan",
    "AUDIO_FORMAT",
    spans((1968.633, "silence"), (2035.366, "mono"), (3970.633, "silence")),
    PROVENANCE,
    {"duration_ms": 3970.633},
)


def digits(moment: str) -> int:
    return len(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(\d+)Z", moment)[1])  # type: ignore[index]


def test_a_queued_job_reads_as_documented() -> None:
    example = document("in_progress.json")

    shown = job_document(SeenJob(graph(JobState.QUEUED, TaskState.READY)))

    assert list(shown) == ["name", "status", "metadata"]
    assert set(shown) - set(example) == {"status"}
    (entry,) = shown["metadata"]["annotationProgress"]
    (theirs,) = example["metadata"]["annotationProgress"]
    assert shown["metadata"]["@type"] == example["metadata"]["@type"]
    assert set(entry) - set(theirs) == {"progressPercent"}
    assert {key: entry[key] for key in ("inputUri", "feature")} == {
        key: theirs[key] for key in ("inputUri", "feature")
    }
    assert digits(entry["startTime"]) == digits(theirs["startTime"]) == 6
    assert entry["startTime"] == entry["updateTime"]
    assert entry["progressPercent"] == 0


def test_a_finished_job_reads_as_documented() -> None:
    example = document("done.json")
    done = graph(JobState.COMPLETED, TaskState.DONE, pipeline="testRun")

    shown = job_document(SeenJob(done, [AUDIO], ITEM))

    assert set(shown) - set(example) == {"origin"}
    (entry,) = shown["metadata"]["annotationProgress"]
    assert entry.pop("feature") == "AUDIO_FORMAT"
    assert entry == example["metadata"]["annotationProgress"][0]
    assert {**shown["response"], "recording": ""} == {**example["response"], "recording": ""}
    for key in ("status", "TTL", "workflow", "done"):
        assert shown[key] == example[key]
    assert re.fullmatch("[0-9a-f]{24}", shown["response"]["recording"])


def test_a_list_item_reads_as_documented() -> None:
    example = document("list.json")[0]
    summary = JobSummary(
        number=JobNumber(3),
        id=JobId(new_id(1607109896728)),
        state=JobState.CANCELLED,
        origin="dashboard",
        pipeline="jktest",
        input={"path": "file://test.mp4"},
        created_at=datetime(2020, 12, 4, 19, 24, 56, 728000, tzinfo=UTC),
    )

    shown = job_summary(summary)

    assert shown.pop("name") == shown["_id"]
    assert re.fullmatch("[0-9a-f]{24}", shown["_id"])
    assert {**shown, "_id": ""} == {**example, "_id": ""}


def test_a_job_without_a_workflow_has_no_such_field() -> None:
    shown = job_document(SeenJob(graph(JobState.COMPLETED, TaskState.DONE), [AUDIO]))
    assert "workflow" not in shown
    assert "recording" not in shown["response"]


def test_a_running_job_tells_the_percents_of_each_feature() -> None:
    running = graph(JobState.RUNNING, TaskState.RUNNING)
    progress = {"AUDIO_FORMAT": FeatureProgress(30.9, 60, "s", CREATED, ENDED)}
    running = replace(running, tasks=(replace(running.tasks[0], progress=progress),))

    shown = job_document(SeenJob(running))

    (entry,) = shown["metadata"]["annotationProgress"]
    assert (shown["status"], entry["progressPercent"]) == ("running", 51)
    assert entry["updateTime"] == "2020-12-09T01:32:31.458000Z"
    assert "done" not in shown


def test_entries_stand_in_the_order_in_which_features_were_asked_for() -> None:
    asked = graph(JobState.QUEUED, TaskState.READY, features=("IN_BLACK", "AUDIO_FORMAT"))
    asked = replace(asked, tasks=(replace(asked.tasks[0], features=("AUDIO_FORMAT", "IN_BLACK")),))
    entries = job_document(SeenJob(asked))["metadata"]["annotationProgress"]
    assert [entry["feature"] for entry in entries] == ["IN_BLACK", "AUDIO_FORMAT"]


def test_a_failed_job_ends_with_an_error() -> None:
    reason = Failure("not_media", "The file is not media.", "scan", FailureClass.INPUT)
    shown = job_document(SeenJob(graph(JobState.FAILED, TaskState.FAILED, reason=reason)))
    assert (shown["status"], shown["done"]) == ("failed", True)
    assert shown["error"] == {"code": 3, "message": "The file is not media."}
    assert "response" not in shown


def test_a_cancelled_job_ends_with_code_1() -> None:
    shown = job_document(SeenJob(graph(JobState.CANCELLED, TaskState.CANCELLED)))
    assert (shown["status"], shown["done"], shown["error"]["code"]) == ("cancelled", True, 1)


def test_partial_success_is_done_with_warnings() -> None:
    warning = ResultWarning("no_video", "There is no picture.", "IN_BLACK", "scan")
    partly = graph(JobState.COMPLETED, TaskState.DONE, warnings=(warning,))
    shown = job_document(SeenJob(partly, [AUDIO]))
    assert shown["status"] == "done"
    assert shown["warnings"] == [
        {"feature": "IN_BLACK", "code": "no_video", "message": "There is no picture."}
    ]
    assert "audioFormatAnnotations" in shown["response"]
    assert "blackAnnotations" not in shown["response"]


def test_features_of_our_own_stand_beside_the_documented_ones() -> None:
    frozen = Result("scan", "FREEZE", spans((900.0, "frozen")), PROVENANCE)
    silence = Result("scan", "SILENCE", {"spans": []}, PROVENANCE)
    tracks = {"spans": [], "tracks": [{"stream": 1, "integrated_lufs": -23.0}]}
    loudness = Result("scan", "LOUDNESS", tracks, PROVENANCE)
    plain = Result("copy", None, {"bytes": 3}, PROVENANCE)
    done = graph(JobState.COMPLETED, TaskState.DONE)

    response = job_document(SeenJob(done, [frozen, silence, loudness, plain]))["response"]

    assert response["freezeAnnotations"] == [
        {"label": "frozen", "startTimeOffset": "0.000000s", "endTimeOffset": "0.900000s"}
    ]
    assert response["silenceAnnotations"] == []
    assert response["loudnessAnnotations"] == [{"stream": 1, "integratedLufs": -23.0}]
    assert response["results"] == {"copy": {"bytes": 3}}


@pytest.mark.parametrize(
    ("segments", "segment"),
    [
        ([{"start_ms": 500.0, "end_ms": 1000.0}, {"end_ms": 2500.0}], ("0.000000s", "2.500000s")),
        ([{"start_ms": 500.0}], ("0.500000s", "3.970633s")),
        ([{"start_ms": 500.0, "end_ms": 9000.0}], ("0.500000s", "3.970633s")),
    ],
)
def test_a_job_on_segments_says_which_part_it_looked_at(
    segments: list[dict[str, float]], segment: tuple[str, str]
) -> None:
    done = graph(JobState.COMPLETED, TaskState.DONE)
    done = replace(done, tasks=(replace(done.tasks[0], parameters={"segments": segments}),))
    response = job_document(SeenJob(done, [AUDIO]))["response"]
    assert tuple(response["segment"].values()) == segment


def test_the_form_of_the_developer_notes_wraps_the_response() -> None:
    done = graph(JobState.COMPLETED, TaskState.DONE)
    response = job_document(SeenJob(done, [AUDIO], ITEM, notes=True))["response"]
    assert response["@type"].startswith("type.googleapis.com/")
    assert response["annotationResults"]["segment"] == {
        "startTimeOffset": "0.000000s",
        "endTimeOffset": "3.970633s",
    }
    assert response["annotationResults"]["audioFormatAnnotations"]


def test_the_target_is_shown_again() -> None:
    extras = {"gentoo": {"target": 2}}
    done = graph(JobState.COMPLETED, TaskState.DONE, extras=extras)
    assert job_document(SeenJob(done))["target"] == 2


def test_every_state_has_a_status_and_every_status_a_state() -> None:
    assert set(STATUS) == set(JobState)
    assert set(STATUS.values()) == set(STATUSES)
    for status in STATUSES:
        assert states_of(status)
    assert states_of("pending") == states_of("queued")
    assert states_of("asleep") == ()


def test_every_way_of_failing_has_a_code() -> None:
    assert set(FAILURE_CODES) == set(FailureClass)
    for failure in FailureClass:
        assert error_of(JobState.FAILED, Failure("x", "y", None, failure))["code"] > 1
    assert error_of(JobState.EXPIRED, None)["code"] == 4
    missing = Failure("input_missing", "y", None, FailureClass.INPUT)
    assert error_of(JobState.FAILED, missing)["code"] == 5

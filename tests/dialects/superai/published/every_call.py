"""Runs in the environment of the vendor's package: its client, as it was published, against a
server. Prints what it was answered, as JSON.

Environment: SERVER, KEY, CALLBACK.
"""

import io
import json
import os
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from superai import Client
from superai.exceptions import (
    SuperAIAuthorizationError,
    SuperAIEntityDuplicatedError,
    SuperAIError,
)

SERVER = os.environ["SERVER"]
client = Client(api_key=os.environ["KEY"], base_url=SERVER)
ENDS = ("COMPLETED", "FAILED", "CANCELED", "EXPIRED")
DAY = timedelta(days=1)


def ended(job: str, seconds: float = 120) -> dict[str, Any]:
    """The job when it has ended, polled as the vendor's programs do."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = client.fetch_job(job)
        if found["status"] in ENDS:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{job} did not end")


def said(label: str) -> dict[str, Any]:
    """An input whose answer is this label."""
    return {"text": "a", "said": {"label": label}}


def refused(call: Any, kind: type[Exception]) -> str:
    """What a call is refused with."""
    try:
        call()
    except kind as refusal:
        return str(refusal)
    raise AssertionError("it was not refused")


def apps() -> str:
    """Apps made, read, changed and listed."""
    body = {"templateName": "labels.router", "appName": "published", "appParams": {}}
    made = client.create_project(body)
    app = made["uuid"]
    refused(lambda: client.create_project(body), SuperAIEntityDuplicatedError)
    assert client.get_project(app)["inputSchema"]["required"] == ["text"]
    # `update_project` fails in the package itself, before it sends anything.
    changed = client.request(
        f"apps/{app}", "PATCH", body_params={"description": "new"}, required_api_key=True
    )
    assert changed["description"] == "new", changed
    assert client.get_selected_workflow(app)["selectedWorkflow"]
    listed = client.list_projects(page=0, size=100)
    assert app in {each["uuid"] for each in listed["apps"]}, listed
    return str(app)


def data() -> str:
    """Data uploaded, listed, signed, read and deleted."""
    text = json.dumps([said("cat"), said("dog"), said("cat")]).encode()
    made = client.upload_data("in/rows.json", "rows", "application/json", io.BytesIO(text))
    assert client.download_data("in/rows.json") == json.loads(text)
    place = f"data://{made['ownerId']}/in/rows.json"
    assert client.get_signed_url(place)["path"] == "in/rows.json"
    assert made["id"] in {each["id"] for each in client.get_all_data()}
    (only,) = client.get_all_data(paths=["in"], recursive=True, signed_url=True)
    assert only["signedUrl"]
    client.upload_data("in/gone.json", "", "application/json", io.BytesIO(b"1"))
    assert client.delete_data("in/gone.json")["status"] == "DELETED"
    return place


def jobs(app: str) -> dict[str, Any]:
    """One job, through all that can be done to it."""
    made = client.create_jobs(
        app,
        callback_url=os.environ["CALLBACK"],
        inputs=[said("cat")],
        metadata={"ref": "A-1"},
        worker="bots",
        parked=True,
    )
    job = client.fetch_job(made["uuid"])
    assert (job["status"], job["batchId"]) == ("SCHEDULED", made["batchId"]), job
    assert client.cancel_job(job["id"])["status"] == "CANCELED"
    again = client.request(f"jobs/{job['id']}/restart", "POST", required_api_key=True)
    assert again["id"] == job["id"], again
    done = ended(job["id"])
    assert client.get_job_response(job["id"])["response"]["label"] == "cat"
    client.review_job(int(job["id"]), correct=True)
    client.review_job(int(job["id"]), response={"label": "dog"})
    assert client.get_job_response(job["id"])["response"] == {"label": "dog"}
    refused(lambda: client.cancel_job(job["id"]), SuperAIError)
    now = datetime.now(UTC)
    found = client.get_all_jobs(
        app,
        created_start_date=now - DAY,
        created_end_date=now + DAY,
        completed_start_date=now - DAY,
        completed_end_date=now + DAY,
        status_in=["COMPLETED"],
    )
    assert job["id"] in {each["id"] for each in found}
    return {"job": client.fetch_job(job["uuid"]), "completed": done["completed"]}


def batches(app: str, place: str) -> dict[str, Any]:
    """Jobs by the batch, from a list and from a file, and all information on them."""
    made = client.create_jobs(app, inputs=[said("cat"), {"text": 1}, said("dog")])
    from_file = client.create_jobs(app, inputs_file_url=place)
    for each, count in ((made, 2), (from_file, 3)):
        until = time.monotonic() + 120
        while not (batch := client.fetch_batch_job(app, each["batchId"]))["batch_processed"]:
            assert time.monotonic() < until, batch
            time.sleep(0.1)
        assert batch["valid_count"] == count, batch
    assert client.fetch_batches_job(app)["batches"] == []
    params = {"batchId": [made["batchId"], from_file["batchId"]]}
    for batch in params["batchId"]:
        query = {"batchId": batch, "size": 500}
        listed = client.request(f"apps/{app}/jobs", "GET", query, required_api_key=True)
        for job in listed["jobs"]:
            ended(job["id"])
    told = client.download_jobs_full_flow(app, status_in=["COMPLETED"], poll_interval=1)
    answers = sorted(
        each["response"]["label"] for each in told if each["batchId"] in params["batchId"]
    )
    operation = client.download_jobs(app, send_email=False, with_history=True)["operationId"]
    assert client.get_jobs_operation(app, operation)["id"] == operation
    return {"answers": answers}


def truths(app: str, job: str) -> None:
    """Ground truth added, read, changed, listed and deleted."""
    made = client.create_ground_truth(app, said("cat"), {"label": "cat"}, "t", {"k": "v"})
    one = str(made["id"])
    assert client.get_ground_truth_data(one)["label"] == {"label": "cat"}
    client.update_ground_truth(one, label={"label": "dog"})
    from_job = client.create_ground_truth_from_job(app, job)
    assert str(from_job["jobId"]) == job, from_job
    assert len(list(client.get_all_ground_truth_data(app))) == 2
    assert client.delete_ground_truth_data(one)["status"] == "DELETED"
    assert len(client.list_ground_truth_data(app, 0, 10)["content"]) == 1


def main() -> None:
    """All of it."""
    stranger = Client(api_key="wrong", base_url=SERVER)
    refused(lambda: stranger.list_projects(), SuperAIAuthorizationError)
    app = apps()
    place = data()
    told = jobs(app) | batches(app, place)
    truths(app, told["job"]["id"])
    print(json.dumps({"app": app, **told}))


main()

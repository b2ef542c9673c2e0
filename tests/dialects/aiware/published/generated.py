"""Runs in the environment of the vendor's packages, in a folder in which its generator has made the
package `made` from a server's own schema: what was generated is called.

Environment: SERVER, VERITONE_API_KEY, MEDIA (the address of a sound file).
"""

import io
import json
import os
from datetime import UTC, datetime

from aiware.client._base.base_model import Upload
from aiware.common.auth import EnvAuth
from aiware.common.schemas import JSONData
from made import Made
from made.input_types import (
    CreateAsset,
    CreateJob,
    CreateTask,
    CreateTDO,
    ExecutionPreferencesInput,
)

CHUNKS = "c0e55cde-340b-44d7-bb42-2e0d65e98255"


def main() -> None:
    """A recording, a file in it and a job on it, by input types that were generated."""
    client = Made(base_url=os.environ["SERVER"], auth=EnvAuth())
    begins = datetime(2019, 11, 21, tzinfo=UTC)
    details = JSONData(value={"shot": 4})
    tdo = client.record(
        CreateTDO(name="made", startDateTime=begins, stopDateTime=begins, details=details)
    ).createTDO
    assert tdo.details.value == {"shot": 4}, tdo
    file = Upload("note.txt", io.BytesIO(b"words"), "text/plain")
    asset = client.put(CreateAsset(containerId=tdo.id, assetType="text", file=file)).createAsset
    assert (asset.contentType, asset.name) == ("text/plain", "note.txt"), asset
    preferences = ExecutionPreferencesInput(priority=-5)
    payload = JSONData(value={"url": os.environ["MEDIA"]})
    task = CreateTask(engineId=CHUNKS, payload=payload, executionPreferences=preferences)
    made = client.submit(CreateJob(targetId=tdo.id, tasks=[task])).createJob
    (seen,) = client.job_of(made.id).job.tasks.records
    assert seen.payload.value["url"] == os.environ["MEDIA"], seen
    assert seen.executionPreferences.priority == -5, seen
    print(json.dumps({"job": made.id}))


main()

import re

from tests.dialects.aiware.speaking import LOGIN, Speaker
from tests.running import Running

CREATE = """
mutation {
  createJob(input: {
    target: { startDateTime: 1574311000 stopDateTime: 1574315000 }
    tasks: [
      { engineId: "noop" payload: { echo: { a: [1, 2.5, "z"] } write: "true" }
        ioFolders: [{ referenceId: "o" mode: chunk type: output }] }
      { engineId: "noop"
        ioFolders: [{ referenceId: "i" mode: chunk type: input }] }
    ]
    routes: [{ parentIoFolderReferenceId: "o" childIoFolderReferenceId: "i" options: {} }]
  }) {
    id targetId clusterId
    tasks { records { id engineId payload taskPayload status output
                      ioFolders { referenceId type mode } } }
    routes { parentIoFolderReferenceId childIoFolderReferenceId }
  }
}
"""


def test_sign_in_create_a_job_poll_it_and_read_the_results(server: Running) -> None:
    with Speaker(server.url) as api:
        token = api.data(LOGIN)["userLogin"]["token"]
        assert re.fullmatch(r"[0-9a-f-]{36}", token)
        api.token = token

        job = api.data(CREATE)["createJob"]
        assert re.fullmatch(r"\d{8}_[0-9A-Za-z]{10}", job["id"])
        assert [each["payload"] for each in job["tasks"]["records"]] == [
            {"echo": {"a": [1, 2.5, "z"]}, "write": "true"},
            {},
        ]
        assert job["tasks"]["records"][0]["ioFolders"] == [
            {"referenceId": "o", "type": "output", "mode": "chunk"}
        ]
        assert job["routes"] == [
            {"parentIoFolderReferenceId": "o", "childIoFolderReferenceId": "i"}
        ]

        assert api.ended(job["id"]) == "complete"

        query = "query ($id: ID!) { engineResults(jobId: $id) { records { tdoId jsondata } } }"
        records = api.data(query, {"id": job["id"]})["engineResults"]["records"]
        assert [each["tdoId"] for each in records] == [job["targetId"]] * 2
        assert records[0]["jsondata"]["echo"] == {"a": [1, 2.5, "z"]}

"""notificationUris: who is told of what."""

from tests.dialects.aiware.speaking import Speaker
from tests.receiver import receiving

CREATE = """mutation ($all: [String!], $own: [String!]) { createJob(input: { notificationUris: $all,
  tasks: [{ engineId: "noop" }, { engineId: "noop", notificationUris: $own }] })
  { id targetId tasks { records { id } } } }"""


def test_ends_are_posted_to_the_addresses_of_the_job_and_of_the_task(api: Speaker) -> None:
    with receiving() as receiver:
        given = {"all": [f"{receiver.url}/all"], "own": [f"{receiver.url}/own"]}
        job = api.data(CREATE, given)["createJob"]
        assert api.ended(job["id"]) == "complete"
        got = receiver.wait(4)

    told = [(each.path, each.json["event"], each.json.get("taskId")) for each in got]
    first, second = (each["id"] for each in job["tasks"]["records"])
    assert sorted(told, key=str) == sorted(
        [
            ("/all", "task.done", first),
            ("/all", "task.done", second),
            ("/all", "job.completed", None),
            ("/own", "task.done", second),
        ],
        key=str,
    )
    assert {each.json["jobId"] for each in got} == {job["id"]}
    assert {each.json["targetId"] for each in got} == {job["targetId"]}


def test_an_address_that_is_not_public_is_refused(api: Speaker) -> None:
    error = api.error(CREATE, {"all": ["http://10.1.1.1/"], "own": []})
    assert error["name"] == "invalid_input"

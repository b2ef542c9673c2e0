"""What the steps of a collaborator open; who sees what at all stands in the matrix."""

from typing import Any

import httpx2
import pytest

from tests.running import Running


@pytest.mark.parametrize(
    ("steps", "status"), [(["*"], 200), (["manage"], 200), (["check"], 403), ([], 403)]
)
def test_manage_and_every_step_let_a_collaborator_steer(
    idle: Running, steps: list[str], status: int
) -> None:
    name = "-".join(["helper", *steps]).replace("*", "all")
    user = idle.client.post("/api/v1/users", json={"name": name}).json()
    made = idle.client.post("/api/v1/keys", json={"user": user["id"], "name": "k"}).json()
    job = idle.submit(collaborators=[{"user": name, "steps": steps}])
    shown = idle.client.get(job["links"]["collaborators"]).json()["items"]
    assert [each["steps"] for each in shown] == [steps]
    key = {"Authorization": f"Bearer {made['key']}"}
    with httpx2.Client(base_url=idle.url, headers=key) as helper:
        assert helper.post(f"{job['links']['self']}/pause").status_code == status
        assert helper.delete(job["links"]["self"]).status_code == 403


def test_a_step_of_no_sign_or_of_a_star_among_others_is_refused(idle: Running) -> None:
    for step in ("", "*manage", "a/b"):
        body = {"collaborators": [{"user": "*", "steps": [step]}]}
        answer = idle.client.put("/api/v1/jobs/1/collaborators", json=body)
        assert (answer.status_code, answer.json()["field"]) == (422, "collaborators.0.steps.0")


def share(idle: Running, job: dict[str, Any], method: str, path: str = "", **given: Any) -> Any:
    return idle.client.request(method, f"{job['links']['collaborators']}{path}", **given)


def names(answer: httpx2.Response) -> list[tuple[str, list[str]]]:
    return [
        ((each["user"] or each["team"] or {"name": "*"})["name"], each["steps"])
        for each in answer.json()["items"]
    ]


def test_one_is_added_or_taken_away_and_the_others_stay(idle: Running) -> None:
    for name in ("gina", "hugo"):
        idle.client.post("/api/v1/users", json={"name": name}).raise_for_status()
    idle.client.post("/api/v1/teams", json={"name": "hugo"}).raise_for_status()
    job = idle.submit(collaborators=[{"user": "gina", "steps": ["check"]}])
    more = [{"user": "gina", "steps": ["sign"]}, {"team": "hugo"}, {"user": "hugo"}, {"user": "*"}]
    added = share(idle, job, "POST", json={"collaborators": more})
    all_four = [("gina", ["check", "sign"]), ("hugo", []), ("hugo", []), ("*", [])]
    assert (added.status_code, names(added)) == (200, all_four)
    assert share(idle, job, "DELETE", "/users/hugo").status_code == 204
    assert share(idle, job, "DELETE", "/users/*").status_code == 204
    assert names(share(idle, job, "GET")) == all_four[:2]
    assert share(idle, job, "GET").json()["items"][1]["team"]["name"] == "hugo"
    again = share(idle, job, "DELETE", "/users/hugo")
    assert (again.status_code, again.json()["code"]) == (404, "collaborator_not_found")
    assert share(idle, job, "DELETE", "/users/nobody").json()["code"] == "user_not_found"


def test_a_job_has_no_more_than_a_hundred_collaborators(idle: Running) -> None:
    made = [{"name": f"crowd-{number}"} for number in range(101)]
    for each in made:
        idle.client.post("/api/v1/teams", json=each).raise_for_status()
    crowd = [{"team": each["name"]} for each in made]
    job = idle.submit(collaborators=crowd[:100])
    refused = share(idle, job, "POST", json={"collaborators": crowd[100:]})
    assert (refused.status_code, refused.json()["field"]) == (422, "collaborators")
    seen, query = [], "?limit=40"
    while query:
        page = share(idle, job, "GET", query).json()
        seen += [each["team"]["name"] for each in page["items"]]
        assert len(page["items"]) <= 40
        query = f"?limit=40&cursor={page['next']}" if page["next"] else ""
    assert seen == [each["team"] for each in crowd[:100]]

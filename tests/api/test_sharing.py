"""What the steps of a collaborator open; who sees what at all stands in the matrix."""

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

"""Pipelines: created, read, edited by version, deleted; and what engines and features are shown."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.running import Running

TASKS = {"tasks": [{"name": "a", "engine": "noop"}]}


def create(server: Running, name: str, **body: Any) -> dict[str, Any]:
    answer = server.client.post("/api/v1/pipelines", json={"name": name, **(body or TASKS)})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/api/v1/pipelines/{quote(name, safe='')}"
    return made


def test_a_pipeline_lives_from_create_to_delete(idle: Running) -> None:
    made = create(idle, "check video", features=["GATE"], params={"GATE": {}}, description="All")
    path = "/api/v1/pipelines/check video"
    read = idle.client.get(path)
    assert (read.json(), read.headers["etag"]) == (made, '"1"')
    names = [each["name"] for each in idle.client.get("/api/v1/pipelines").json()["items"]]
    assert "check video" in names
    edited = idle.client.put(path, json=TASKS, headers={"If-Match": '"1"'})
    assert (edited.json()["version"], edited.headers["etag"]) == (2, '"2"')
    assert edited.json()["features"] == []
    late = idle.client.put(path, json=TASKS, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json()["code"]) == (412, "version_mismatch")
    renamed = idle.client.put(path, json={**TASKS, "name": "renamed"})
    assert (renamed.json()["name"], renamed.json()["version"]) == ("renamed", 3)
    assert idle.client.get(path).status_code == 404
    assert idle.client.delete("/api/v1/pipelines/renamed").status_code == 204
    assert idle.client.delete("/api/v1/pipelines/renamed").status_code == 404


@pytest.mark.parametrize("name", ["Größe 100%", "a.b", "x:y;z", "日本"])
def test_a_name_with_signs_is_found_again(idle: Running, name: str) -> None:
    create(idle, name)
    assert idle.client.get(f"/api/v1/pipelines/{quote(name, safe='')}").json()["name"] == name


def test_a_name_is_taken_once(idle: Running) -> None:
    create(idle, "one")
    create(idle, "two")
    again = idle.client.post("/api/v1/pipelines", json={"name": "one", **TASKS})
    assert (again.status_code, again.json()["code"]) == (409, "name_taken")
    onto = idle.client.put("/api/v1/pipelines/two", json={"name": "one", **TASKS})
    assert (onto.status_code, onto.json()["field"]) == (409, "name")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "p"}, "features"),
        ({"name": "p", "features": ["GATE"], **TASKS}, "features"),
        ({"name": "p", "features": ["NOPE"]}, "features"),
        ({"name": "", **TASKS}, "name"),
        ({"name": "a/b", **TASKS}, "name"),
        ({"name": "a\nb", **TASKS}, "name"),
        ({"name": "p", "tasks": [{"engine": "noop", "parms": {}}]}, "tasks.0.parms"),
        (TASKS, "name"),
    ],
)
def test_a_pipeline_that_cannot_run_is_refused(
    idle: Running, body: dict[str, Any], field: str
) -> None:
    answer = idle.client.post("/api/v1/pipelines", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_an_edit_with_a_wrong_if_match_is_refused(idle: Running) -> None:
    create(idle, "matched")
    path = "/api/v1/pipelines/matched"
    answer = idle.client.put(path, json=TASKS, headers={"If-Match": "new"})
    assert (answer.status_code, answer.json()["field"]) == (422, "If-Match")
    assert idle.client.put(path, json=TASKS, headers={"If-Match": "*"}).status_code == 200
    assert idle.client.put("/api/v1/pipelines/nope", json=TASKS).status_code == 404


def test_engines_show_their_facts_and_never_their_command(idle: Running) -> None:
    engines = {each["id"]: each for each in idle.client.get("/api/v1/engines").json()["items"]}
    assert {"noop", "gate"} <= engines.keys()
    assert idle.client.get("/api/v1/engines/gate").json() == engines["gate"]
    assert engines["gate"]["features"][0]["name"] == "GATE"
    text = idle.client.get("/api/v1/engines").text
    assert '"command"' not in text
    assert "__main__" not in text
    assert str(idle.settings.data) not in text
    assert idle.client.get("/api/v1/engines/nope").json()["code"] == "engine_not_found"


def test_features_come_with_their_engine_and_schema(idle: Running) -> None:
    features = {each["name"]: each for each in idle.client.get("/api/v1/features").json()["items"]}
    assert features["GATE"]["engine"] == "gate"
    assert "gate" in features["GATE"]["parameters"]["properties"]


def test_workers_are_seen_where_they_work(idle: Running, server: Running) -> None:
    assert idle.client.get("/api/v1/workers").json()["items"] == []
    (worker,) = server.client.get("/api/v1/workers").json()["items"]
    assert worker["slots"] == 4


def test_the_index_says_who_you_are(idle: Running) -> None:
    index = idle.client.get("/api/v1").json()
    assert (index["name"], index["user"], index["rights"]) == ("jobmill", "admin", ["*"])
    for link in index["links"].values():
        assert idle.client.get(link).status_code in (200, 405)

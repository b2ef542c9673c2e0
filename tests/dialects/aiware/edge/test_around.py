"""Engines, templates, uploads, sign-in, tokens and status at a real server."""

import json
from typing import Any

import pytest

from tests.dialects.aiware.edge.shapes import CATEGORY, ENGINE, ERROR, USER, check, list_of, uuid
from tests.dialects.aiware.edge.speaking import TRANSLATE, WRITER, Edge
from tests.dialects.aiware.speaking import EMAIL, PASSWORD
from tests.running import Running


def test_engines_come_in_an_object_when_asked(edge: Edge) -> None:
    every = edge.get("/admin/engines")
    wrapped = edge.get("/admin/engines", format="envelope", limit=2, offset=1)

    check(every, [ENGINE])
    check(wrapped, list_of(ENGINE))
    assert wrapped["count"] == len(every)
    assert wrapped["result"] == every[1:3]
    assert edge.get("/admin/engines", format="envelope")["limit"] == 10


def test_engines_are_filtered(edge: Edge) -> None:
    def ids(**query: Any) -> set[str]:
        return {each["engineID"] for each in edge.get("/admin/engines", **query)}

    category = "3b2b2ff8-44aa-4db4-9b71-ff96c3bf5923"
    assert ids(engineIDs=f"{TRANSLATE}, {WRITER}") == {TRANSLATE, WRITER}
    assert TRANSLATE in ids(engineCategoryID=category)
    assert WRITER not in ids(engineCategoryID=category)
    assert ids(engineName="NoSuchName") == set()
    assert TRANSLATE in ids(engineType="chunk")
    assert ids(engineState="paused") == set()
    answer = edge.call("GET", "/admin/engines", params={"engineType": "whole"})
    assert (answer.status_code, answer.json()["field"]) == (400, "engineType")


def test_an_engine_and_the_categories_are_shown(edge: Edge) -> None:
    detail = edge.get(f"/admin/engine/{TRANSLATE}/detail")
    assert detail["success"] is True
    check(detail["result"], ENGINE)
    categories = edge.get("/admin/engine/categories")["result"]
    check(categories, [CATEGORY])
    assert detail["result"]["engineCategoryID"] in {c["engineCategoryID"] for c in categories}
    path = f"/admin/engine/category/{categories[0]['engineCategoryID']}/detail"
    assert edge.get(path)["result"] == categories[0]
    assert edge.call("GET", "/admin/engine/category/nothing/detail").status_code == 404
    missing = edge.call("GET", "/admin/engine/nothing/detail")
    assert missing.status_code == 404
    check(missing.json(), ERROR)


def test_a_file_that_comes_with_the_call_is_worked_on(edge: Edge, server: Running) -> None:
    answer = edge.call(
        "POST",
        f"/engine/{TRANSLATE}/createjob",
        files={"fileName": ("texto.txt", b"El puerto duerme.", "text/plain")},
        data={"parameterJSON": '{"target": "de"}', "inputFileName": "puerto.txt"},
    )

    assert answer.status_code == 200, answer.text
    job = answer.json()["internalJobId"]
    assert edge.ended(job) == "complete"
    (output,) = edge.outputs(job)
    assert output["name"].startswith("vtn-standard-")
    native = server.client.get(f"/api/v1/jobs/{job}").json()
    asset = server.client.get(f"/api/v1/assets/{native['input']['asset']}").json()
    assert (asset["name"], asset["media_type"]) == ("puerto.txt", "text/plain")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"content": b"x", "headers": {"content-type": "text/plain"}}, 400),
        ({"files": {"fileName": ("a", b"x")}, "data": {"templateName": "mine"}}, 400),
        ({"files": {"fileName": ("a", b"x")}, "data": {"parameterJSON": "{"}}, 400),
        ({"files": {"fileName": ("a", b"x")}, "data": {"parameterJSON": '{"beam": 99}'}}, 400),
    ],
)
def test_a_form_that_makes_no_job_is_refused(edge: Edge, given: dict[str, Any], code: int) -> None:
    answer = edge.call("POST", f"/engine/{TRANSLATE}/createjob", **given)

    assert answer.status_code == code, answer.text
    check(answer.json(), ERROR)


def test_templates_can_be_sent_as_they_are_read(edge: Edge, spanish: str) -> None:
    (found,) = edge.get(f"/engine/{TRANSLATE}/template/default")["templates"]
    assert (found["engineID"], found["templateName"]) == (TRANSLATE, "default")
    assert len(edge.get(f"/engine/{TRANSLATE}/template/*")["templates"]) == 2
    job = found["template"]
    job["tasks"][0]["payloadJSON"] = {"url": spanish}

    (ident,) = edge.create(job)

    assert edge.ended(ident) == "complete"
    assert edge.call("GET", f"/engine/{TRANSLATE}/template/mine").status_code == 404


def test_a_template_of_ones_own_is_kept_used_changed_and_forgotten(
    edge: Edge,
) -> None:
    path = f"/engine/{TRANSLATE}/template/mine"
    (found,) = edge.get(f"/engine/{TRANSLATE}/template/engine")["templates"]
    template = found["template"]
    template["tasks"][0]["payloadJSON"] = json.dumps({"beam": 2})

    kept = edge.call("POST", path, json={"template": template})

    assert kept.status_code == 200, kept.text
    assert kept.json() == {"engineID": TRANSLATE, "templateName": "mine", "template": template}
    assert uuid(template["internalOrganizationID"])
    assert edge.get(path)["templates"] == [kept.json()]
    assert kept.json() in edge.get(f"/engine/{TRANSLATE}/template/*")["templates"]
    form = {"templateName": "mine", "contentType": "text/plain"}
    file = {"fileName": ("puerto.txt", b"El puerto duerme.")}
    job = edge.call("POST", f"/engine/{TRANSLATE}/createjob", files=file, data=form)
    assert job.status_code == 200, job.text
    ident = job.json()["internalJobId"]
    assert edge.ended(ident) == "complete"
    (only,) = edge.get(f"/proc/job/{ident}/detail")["job"]["tasks"]
    assert json.loads(only["payloadJSON"])["beam"] == 2
    template["tasks"][0]["payloadJSON"] = "{}"
    assert edge.call("POST", path, json={"template": template}).status_code == 200
    assert edge.get(path)["templates"][0]["template"] == template
    assert edge.call("DELETE", path).json()["template"] == template
    assert edge.call("GET", path).status_code == 404
    assert edge.call("DELETE", path).status_code == 404


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("default", {"template": {"tasks": []}}, 409),
        ("*", {"template": {"tasks": []}}, 400),
        ("mine", {}, 400),
        ("mine", {"template": {"tasks": []}}, 400),
        ("mine", {"templateName": "yours", "template": {"tasks": [{"engineId": TRANSLATE}]}}, 400),
        ("mine", {"template": {"tasks": [{"engineId": "nothing"}]}}, 400),
    ],
)
def test_a_template_that_cannot_be_kept_is_refused(
    edge: Edge, name: str, body: dict[str, Any], code: int
) -> None:
    answer = edge.call("POST", f"/engine/{TRANSLATE}/template/{name}", json=body)

    assert answer.status_code == code, answer.text
    check(answer.json(), ERROR)


def test_signing_in_gives_a_token_that_opens(server: Running) -> None:
    with Edge(server.url, None) as nobody:
        body = {"username": EMAIL, "password": PASSWORD}
        answer = nobody.call("POST", "/admin/users/login", json=body)
        assert answer.status_code == 200, answer.text
        check(answer.json()["result"], USER)
        nobody.token = answer.json()["token"]
        assert nobody.get("/admin/engines")
        nobody.token = None
        wrong = nobody.call("POST", "/admin/users/login", json={**body, "password": "x"})
        assert wrong.status_code == 401
        check(wrong.json(), ERROR)
        assert nobody.call("POST", "/admin/users/login", json={}).status_code == 400


def test_a_token_that_was_made_opens_and_is_listed(edge: Edge, server: Running) -> None:
    made = edge.call("POST", "/admin/tokens/create", json={"token": {"type": "api"}})
    assert made.status_code == 200, made.text
    token = made.json()["result"]

    with Edge(server.url, token["tokenID"]) as holder:
        assert holder.get("/admin/engines")
    listed = edge.get("/admin/tokens", limit=1000)
    assert token["keyID"] in {each["keyID"] for each in listed["result"]}
    assert token["tokenID"] not in {each["tokenID"] for each in listed["result"]}
    host = edge.call("POST", "/admin/tokens/create", json={"token": {"type": "host"}})
    assert (host.status_code, host.json()["field"]) == (400, "token.type")
    past = edge.call("POST", "/admin/tokens/create", json={"token": {"expiration": 1}})
    assert past.status_code == 400


def test_status_version_and_ping(edge: Edge, server: Running) -> None:
    status = edge.get("/admin/status")
    assert status["engines"] == len(edge.get("/admin/engines"))
    assert status["workers"] >= 1
    assert set(status["jobs"]) <= {"pending", "queued", "running", "complete", "aborted", "failed"}
    assert "jobs.complete " in edge.call("GET", "/admin/status", params={"format": "txt"}).text
    assert "jobs.complete," in edge.call("GET", "/admin/status", params={"format": "csv"}).text
    with Edge(server.url, None) as nobody:
        assert nobody.get("/version")["version"] == "3.15.1"
        assert nobody.get("/ping")["status"] == "ok"
        assert nobody.call("GET", "/admin/status").status_code == 401

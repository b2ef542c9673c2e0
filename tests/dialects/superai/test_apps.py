"""Apps: pipelines, built-in ones too, listed, made of templates, changed."""

from typing import Any

import pytest

from jobmill.core.pipelines import BUILTIN
from tests.dialects.superai.conftest import Caller, job_of
from tests.running import Running


def test_every_pipeline_is_an_app_built_in_ones_too(admin: Caller, quick: str) -> None:
    listed = admin.given("GET", "apps", params={"size": 500})
    names = {app["name"] for app in listed["apps"]}
    assert {"quick", *BUILTIN} <= names
    assert (listed["total"], listed["pages"], listed["pageNumber"]) == (len(names), 1, 0)
    assert listed["totalArchivedApps"] == 0


def test_apps_are_listed_by_page(admin: Caller, quick: str) -> None:
    whole = admin.given("GET", "apps", params={"size": 500, "sortBy": "created"})
    pieces: list[Any] = []
    for page in range(whole["total"]):
        piece = admin.given("GET", "apps", params={"size": 1, "page": page, "sortBy": "created"})
        pieces += piece["apps"]
    assert {app["uuid"] for app in pieces} == {app["uuid"] for app in whole["apps"]}
    assert admin.given("GET", "apps", params={"page": 1000})["apps"] == []


def test_an_app_has_the_shape_that_was_recorded(admin: Caller, quick: str) -> None:
    app = admin.given("GET", f"apps/{quick}")
    assert (app["uuid"], app["name"], app["status"]) == (quick, "quick", "ENABLED")
    assert app["created"].endswith(" UTC")
    assert app["templateName"] == "quick.router"
    assert admin.given("GET", f"apps/{quick}/selected_plan")["selectedWorkflow"]


def test_an_app_is_made_of_a_template_with_parameters_of_its_own(
    server: Running, admin: Caller
) -> None:
    template = {
        "name": "writing",
        "tasks": [{"name": "a", "engine": "scribe"}],
        "params": {"a": {"document": {"n": 1}}},
    }
    assert server.client.post("/api/v1/pipelines", json=template).status_code == 201
    body = {
        "templateName": "writing.router",
        "appName": "writing two",
        "appParams": {"a": {"document": {"n": 2}}},
        "appMetrics": {"metric": {}},
        "canoticCrowd": False,
    }
    app = admin.given("POST", "apps", body)
    assert app["appParams"] == {"a": {"document": {"n": 2}}}
    assert app["templateName"] == "writing.router"
    native = server.client.get("/api/v1/pipelines/writing two").json()
    assert native["id"] == app["uuid"]
    said = admin.refused(409, "POST", "apps", body)
    assert "exists" in said


def test_an_app_keeps_its_jobs_when_it_is_renamed(admin: Caller, quick: str) -> None:
    made = admin.given("POST", "apps", {"templateName": "quick", "appName": "before"})
    job = job_of(admin, made["uuid"])
    changed = admin.given("PATCH", f"apps/{made['uuid']}", {"appName": "after"})
    assert (changed["uuid"], changed["name"]) == (made["uuid"], "after")
    (listed,) = admin.given("GET", f"apps/{made['uuid']}/jobs")["jobs"]
    assert (listed["id"], listed["appId"]) == (job["id"], made["uuid"])


def test_an_app_is_archived(admin: Caller, quick: str) -> None:
    made = admin.given("POST", "apps", {"templateName": "quick", "appName": "old"})
    assert admin.given("PATCH", f"apps/{made['uuid']}", {"status": "DISABLED"})["status"]
    listed = admin.given("GET", "apps", params={"statusIn": "DISABLED"})
    assert [app["name"] for app in listed["apps"]] == ["old"]
    admin.given("PATCH", f"apps/{made['uuid']}", {"status": "ENABLED"})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "templateName"),
        ({"templateName": "nothing"}, "templateName"),
        ({"templateName": 1}, "templateName"),
        ({"templateName": "quick", "appName": " "}, "appName"),
        ({"templateName": "quick", "appParams": []}, "appParams"),
        ({"templateName": "quick", "appName": "y", "status": "ON"}, "status"),
    ],
)
def test_a_wrong_app_is_refused(admin: Caller, quick: str, body: Any, said: str) -> None:
    answer = admin.call("POST", "apps", body)
    assert answer.status_code in (400, 404)
    assert answer.json()["message"].startswith(said)


def test_a_built_in_app_is_not_changed(admin: Caller) -> None:
    app = admin.given("GET", "apps/doc2xml")
    said = admin.refused(403, "PATCH", f"apps/{app['uuid']}", {"description": "mine"})
    assert "built in" in said


def test_an_organization_has_the_same_apps(server: Running, admin: Caller, quick: str) -> None:
    assert admin.given("GET", "organizations/default/apps", params={"size": 500})["apps"]
    admin.refused(404, "GET", "organizations/9999/apps")


@pytest.mark.parametrize("address", ["nowhere", "ftp://a.b/", "http://10.0.0.1/"])
def test_an_app_calls_back_to_no_address_that_cannot_be_called(
    admin: Caller, quick: str, address: str
) -> None:
    body = {"templateName": "quick", "appName": "unheard", "callbackUrl": address}
    assert admin.refused(400, "POST", "apps", body).startswith("callbackUrl: ")
    app = admin.given("POST", "apps", {**body, "appName": address, "callbackUrl": None})["uuid"]
    message = admin.refused(400, "PATCH", f"apps/{app}", {"callbackUrl": address})
    assert message.startswith("callbackUrl: ")


def test_a_wrong_name_is_told_in_the_vendors_word(admin: Caller, quick: str) -> None:
    body = {"templateName": "quick", "appName": "x" * 201}
    assert admin.refused(400, "POST", "apps", body).startswith("appName: ")

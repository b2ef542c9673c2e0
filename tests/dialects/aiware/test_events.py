"""Events: what there is, and who is told of it."""

import json
from typing import Any

import httpx2
import pytest

from tests.dialects.aiware.speaking import Speaker
from tests.receiver import receiving
from tests.running import Running

SUBSCRIBE = """
mutation ($name: String, $type: String, $delivery: EventDelivery!, $conditions: JSONData) {
  subscribeEvent(input: {application: "app", eventName: $name, eventType: $type,
                         delivery: $delivery, conditions: $conditions})
}
"""
MINE = """query ($type: String) { eventSubscriptions(eventType: $type) { count records {
  id organizationId eventName eventType targetName consumerParams conditions } } }"""
END = "mutation ($id: ID!) { unsubscribeEvent(id: $id) { id message } }"
RUN = 'mutation { createJob(input: { tasks: [{ engineId: "noop" }] }) { id targetId } }'


def webhook(url: str, **more: Any) -> dict[str, Any]:
    return {"name": "Webhook", "params": {"url": url, **more}}


def test_events_of_the_system_are_listed(api: Speaker) -> None:
    query = """{ events(application: "system", limit: 100, offset: 1) { count records {
        id public createdBy createdDateTime eventName eventType schemaData } } }"""
    records = api.data(query)["events"]["records"]

    ended = next(each for each in records if each["eventName"] == "job.completed")
    assert (ended["eventType"], ended["public"]) == ("job", True)
    assert "jobId" in json.loads(ended["schemaData"])
    again = api.data("query ($id: ID!) { event(id: $id) { eventName } }", {"id": ended["id"]})
    assert again == {"event": {"eventName": "job.completed"}}
    assert api.data('{ events(application: "mine") { count } }')["events"] == {"count": 0}


def test_a_subscriber_is_told_until_it_leaves(api: Speaker) -> None:
    with receiving() as receiver:
        given = {"name": "completed", "type": "job", "delivery": webhook(receiver.url)}
        subscription = api.data(SUBSCRIBE, given)["subscribeEvent"]
        job = api.data(RUN)["createJob"]
        (got,) = receiver.wait(1)
        mine = api.data(MINE, {"type": "job"})["eventSubscriptions"]["records"]
        left = api.data(END, {"id": subscription})["unsubscribeEvent"]

    assert (got.json["event"], got.json["jobId"]) == ("job.completed", job["id"])
    assert (got.json["jobStatus"], got.json["targetId"]) == ("complete", job["targetId"])
    seen = next(each for each in mine if each["id"] == subscription)
    assert (seen["eventName"], seen["eventType"], seen["targetName"]) == (
        "job.completed",
        "job",
        "Webhook",
    )
    assert seen["consumerParams"] == {"url": receiver.url, "encoding": "json"}
    assert left["id"] == subscription
    assert subscription not in {
        each["id"] for each in api.data(MINE)["eventSubscriptions"]["records"]
    }
    assert api.error(END, {"id": subscription})["name"] == "not_found"


def test_a_form_without_a_file_subscribes_as_programs_do(api: Speaker) -> None:
    query = """mutation { subscribeEvent(input: { eventName: "" eventType: "task"
        application: "system"
        delivery: { name: Webhook params: { url: "http://127.0.0.1:1/x" encoding: "json" } }
    }) }"""
    answer = httpx2.post(
        f"{api.url}/v3/graphql", files={"query": (None, query)}, headers=api.headers
    )

    subscription = answer.json()["data"]["subscribeEvent"]
    (seen,) = api.data(MINE, {"type": "task"})["eventSubscriptions"]["records"]
    assert (seen["id"], seen["eventName"]) == (subscription, None)
    api.data(END, {"id": subscription})


@pytest.mark.parametrize(
    ("given", "name", "field"),
    [
        ({"type": "mention"}, "invalid_input", "input.eventName"),
        ({"name": "completed", "type": "task"}, "invalid_input", "input.eventName"),
        ({"delivery": {"name": "SMS", "params": {}}}, "not_implemented", "input.delivery"),
        ({"delivery": webhook("ftp://x")}, "invalid_input", "url"),
        ({"delivery": {"name": "Webhook", "params": {}}}, "invalid_input", None),
        ({"delivery": webhook("http://127.0.0.1:1", encoding="protobuf")}, "not_implemented", None),
        ({"conditions": [{"operator": "and"}]}, "not_implemented", "input.conditions"),
    ],
)
def test_what_cannot_be_subscribed_to_is_refused(
    api: Speaker, given: dict[str, Any], name: str, field: str | None
) -> None:
    usual = {"name": "job.failed", "type": "job", "delivery": webhook("http://127.0.0.1:1/x")}

    error = api.error(SUBSCRIBE, {**usual, **({"name": None} if "type" in given else {}), **given})

    assert error["name"] == name
    assert field is None or error["data"]["field"] == field


def test_endpoints_that_were_made_natively_are_no_subscriptions(
    api: Speaker, server: Running
) -> None:
    made = server.client.post("/api/v1/endpoints", json={"url": "http://127.0.0.1:1/y"}).json()

    assert made["id"] not in {
        each["id"] for each in api.data(MINE)["eventSubscriptions"]["records"]
    }
    assert api.error(END, {"id": made["id"]})["name"] == "not_found"
    assert server.client.delete(f"/api/v1/endpoints/{made['id']}").status_code == 204

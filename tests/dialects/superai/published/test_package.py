"""The published package `superai`, as it is, against a server: apps, data, jobs, ground truth."""

import pytest

from tests.dialects.superai.published.conftest import Drive
from tests.receiver import receiving

pytestmark = [pytest.mark.full, pytest.mark.timeout(1200)]


def test_every_call_of_the_package_is_served(drive: Drive) -> None:
    with receiving() as receiver:
        told = drive("every_call.py", CALLBACK=f"{receiver.url}/done/")
        states = [got.json["state"] for got in receiver.wait(4)]
    assert told["job"]["appId"] == told["app"]
    assert (told["job"]["status"], told["job"]["correct"]) == ("COMPLETED", True)
    assert told["answers"] == ["cat", "cat", "cat", "dog", "dog"]
    assert told["completed"] is not None
    assert states == ["CANCELED", "COMPLETED", "COMPLETED", "COMPLETED"]

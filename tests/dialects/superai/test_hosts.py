"""Bound to a host name, the dialect answers there under its vendor's own paths."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jobmill.config import SettingInvalid, settings_from
from tests.running import Running, running

HOST = {"Host": "api.example.org"}


@pytest.fixture(scope="module")
def bound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data: Path = tmp_path_factory.mktemp("bound") / "data"
    with running(data, dialect_hosts=(("superai", "api.example.org"),)) as up:
        yield up


def test_the_vendors_paths_lead_to_the_dialect_at_its_host(bound: Running) -> None:
    for host in ("api.example.org", "API.example.org:8443"):
        answer = bound.client.get("/v1/apps", headers={"Host": host})
        assert "apps" in answer.json(), answer.text


def test_errors_there_are_the_vendors_too(bound: Running) -> None:
    answer = bound.client.get("/v1/nothing", headers=HOST)
    assert (answer.status_code, list(answer.json())) == (404, ["message", "code"])


def test_other_paths_stay_as_they_are(bound: Running) -> None:
    assert bound.client.get("/superai/v1/apps", headers=HOST).status_code == 200
    assert bound.client.get("/api/v1/jobs", headers=HOST).status_code == 200
    assert bound.client.get("/v10/apps", headers=HOST).status_code == 404


def test_other_hosts_have_what_they_had(bound: Running) -> None:
    answer = bound.client.get("/v1/apps")
    assert "success" in answer.json()


@pytest.mark.parametrize("value", ["superai", "superai=", "=a.b", "a=b=c"])
def test_a_wrong_setting_is_refused(value: str) -> None:
    with pytest.raises(SettingInvalid, match="JOBMILL_DIALECT_HOSTS"):
        settings_from({"JOBMILL_DIALECT_HOSTS": value})


def test_the_setting_takes_several() -> None:
    settings = settings_from({"JOBMILL_DIALECT_HOSTS": "superai=API.example.org:5000, move=m.x"})
    assert settings.dialect_hosts == (("superai", "api.example.org:5000"), ("move", "m.x"))

"""One real server in a process, small engines that stand in for the large ones, and people."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dialects.innodata.people import People, make_people
from tests.serving.processes import ServerProcess

ENGINES = Path(__file__).parent / "engines"


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    data = tmp_path_factory.mktemp("innodata") / "data"
    shutil.copytree(ENGINES, data / "engines")
    with ServerProcess(data) as up:
        yield up


@pytest.fixture(scope="package")
def people(server: ServerProcess) -> People:
    """Users of the organization `default`, with their keys."""
    return make_people(server)


@pytest.fixture(scope="package")
def waiting(people: People) -> str:
    """A job of erin's that waits for people at `zoning`."""
    erin = people.curl("erin")
    document = erin("POST", "/documents", "-H", "X-Name: a.txt", "--data-binary", "Total: 1")
    body = {
        "type": "indexing",
        "contents": [{"uri": document.response["contents_uri"]}],
        "indexing": {"taxonomy": {"datapoints": []}},
    }
    job: str = erin.post("/jobs", body)["id"]
    erin.until(job, "blocked")
    return job

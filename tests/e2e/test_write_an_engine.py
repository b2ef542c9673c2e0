"""The engine guide does what it says: its commands are run against a fresh folder."""

import json
from collections.abc import Callable

import pytest

from tests.e2e.commands import ROOT, blocks_of, free_port, play

PAGE = ROOT / "docs" / "guides" / "write-an-engine.md"
pytestmark = pytest.mark.timeout(300)
Said = Callable[[str], str]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """What the one block said that holds these words."""
    folder = tmp_path_factory.mktemp("engine")
    done = play(blocks_of(PAGE), folder, {"JOBMILL_PORT": str(free_port())})

    def find(words: str) -> str:
        (found,) = [each.output for each in done if words in each.commands]
        return found

    return find


def test_the_new_engine_conforms(said: Said) -> None:
    checks = [line for line in said("engines check").splitlines() if line.startswith(" ok ")]
    assert len(checks) > 5


def test_a_running_server_serves_its_feature_at_once(said: Said) -> None:
    assert "It offers COUNT." in said("engines add")
    output = said("--feature COUNT")
    answer = json.loads(next(line for line in output.splitlines() if line.startswith('{"job"')))
    assert answer["job"]["state"] == "completed"
    (result,) = answer["results"]
    assert result["feature"] == "COUNT"
    assert result["document"]["lines"] == 2


def test_it_works_as_a_task_before_another(said: Said) -> None:
    output = said("--graph")
    assert '"longest"' in output
    assert '"echo": "counted"' in output

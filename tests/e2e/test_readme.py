"""The README's first job works as printed, against a server like the one the demo leaves."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.commands import ROOT, blocks_of, free_port, play

PAGE = ROOT / "README.md"
SERVER = """
python -c 'from pathlib import Path; from jobmill.samples import demo_media
demo_media(Path(".demo/media"))'
jobmill serve --port PORT --data .demo/data --media-roots .demo/media > server.log 2>&1 &
curl -s --retry 60 --retry-delay 1 --retry-connrefused http://127.0.0.1:PORT/readyz
"""
pytestmark = pytest.mark.timeout(300)
Said = Callable[[str], str]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """What the one block said that holds these words."""
    port = str(free_port())
    programs = [f"python - <<'PYTHON'\n{code}PYTHON\n" for code in _python(PAGE)]
    blocks = [
        block.replace("PORT", port).replace(":9000", f":{port}").replace(".venv/bin/", "")
        for block in [SERVER, *blocks_of(PAGE), *programs, "kill %1\nwait\n"]
    ]
    done = play(blocks, tmp_path_factory.mktemp("readme"), {})

    def find(words: str) -> str:
        (found,) = [each.output for each in done if words in each.commands]
        return found

    return find


def _python(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_gentoo_call_starts_a_job_that_is_listed(said: Said) -> None:
    started, end = json.JSONDecoder().raw_decode(said("/api/ai/jobs"))
    (listed,) = json.loads(said("/api/ai/jobs")[end:])
    assert listed["_id"] == started["name"]


def test_the_native_call_completes(said: Said) -> None:
    assert json.loads(said("/api/v1/jobs"))["state"] == "completed"


def test_the_command_prints_shots(said: Said) -> None:
    assert len(re.findall(r"^SHOT_CHANGE_DETECTION .* shot$", said("jobmill run"), re.M)) == 6


def test_the_python_program_prints_spans(said: Said) -> None:
    assert said("jobmill_client").splitlines()[0].startswith("0.0 ")

"""The guides on files, steering and accounts do what they say: their commands are run."""

import json
import re

import pytest

from tests.e2e.commands import ROOT, Done, blocks_of, free_port, play

pytestmark = pytest.mark.timeout(300)
BEGIN = """
python -c 'from pathlib import Path; from jobmill.samples import demo_media
demo_media(Path("media"))'
export JOBMILL_DATA=$PWD/data JOBMILL_MEDIA_ROOTS=$PWD/media
jobmill serve > server.log 2>&1 &
URL=http://127.0.0.1:$JOBMILL_PORT
curl -s --retry 60 --retry-delay 1 --retry-connrefused $URL/readyz
KEY=$(cat data/admin-key)
"""
END = "kill %1\nwait\n"


class Page:
    """What the commands of a page said."""

    def __init__(self, name: str, folder: pytest.TempPathFactory, last: str = "") -> None:
        blocks = blocks_of(ROOT / "docs" / "guides" / f"{name}.md")
        assert blocks, "there is something to run"
        settings = {"JOBMILL_PORT": str(free_port())}
        self.done = play([BEGIN, *blocks, last + END], folder.mktemp(name), settings)

    def said(self, words: str) -> str:
        """What the one block said that holds these words."""
        found: list[Done] = [each for each in self.done if words in each.commands]
        assert len(found) == 1, f"{len(found)} blocks hold {words!r}"
        return found[0].output


def test_the_guide_on_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    watched = """
until curl -s $URL/api/v1/jobs -H "Authorization: Bearer $KEY" | grep -q number; do sleep 0.2; done
cat copy.txt
jobmill watch last
jobmill jobs --json
"""
    page = Page("files", tmp_path_factory, watched)
    assert "today.txt" in page.said("data://notes/today.txt copy.txt")
    form = json.loads(page.said("-F file=@note.txt").splitlines()[-1])
    assert (form["path"], form["state"]) == ("data://notes/form.txt", "ready")
    assert "http" in page.said("announce")
    last = page.said("cat copy.txt")
    assert "second text" in last
    job = json.loads(last.splitlines()[-1])
    assert (job["pipeline"], job["state"]) == ("incoming-check", "completed")


def test_the_guide_on_steering(tmp_path_factory: pytest.TempPathFactory) -> None:
    page = Page("steering", tmp_path_factory, "jobmill show 1 --json\n")
    batch, _ = json.JSONDecoder().raw_decode(page.said("/api/v1/batches"))
    assert (batch["name"], batch["size"]) == ("March", 2)
    job = json.loads(page.said("show 1 --json").splitlines()[0])
    assert (job["state"], job["generation"], job["tags"]) == ("completed", 2, ["news"])
    assert (job["priority"], job["metadata"]) == (5, {"show": "evening"})
    assert re.search(r"\d", page.said("--dry-run"))
    assert "cpu" in page.said("pools pause cpu")
    assert "scan" in page.said("limits list")


def test_the_guide_on_batches(tmp_path_factory: pytest.TempPathFactory) -> None:
    page = Page("batches", tmp_path_factory, "jobmill batches show 1 --json\n")
    assert "not-there.mp4" in page.said("batches errors")
    first = json.loads(page.said("show 1 --json").splitlines()[0])
    assert (first["state"], first["size"], first["pipeline"]) == ("ready", 2, "checks")
    assert ".zip" in page.said("exports jobs")


def test_the_guide_on_accounts(tmp_path_factory: pytest.TempPathFactory) -> None:
    page = Page("accounts", tmp_path_factory)
    users = page.said("users list")
    assert all(name in users for name in ("Ada", "Ben", "Cleo", "admin"))
    assert json.loads(page.said("dora@example.org").splitlines()[-1])["name"] == "Dora"
    assert "nightly checks" in page.said("keys list")
    shared = page.said("jobmill share $JOB --team")
    assert shared.splitlines()[-2:] == [*re.findall(r"^user +Ada +manage$|^team +archive +check$",
                                                    shared, re.MULTILINE)[-2:]]  # fmt: skip
    whole = json.loads(page.said("-X PUT").splitlines()[-1])["items"]
    assert [each["everybody"] for each in whole] == [False, False, True]
    members = page.said("teams members")
    assert "Cleo" in members
    assert "Vault" in page.said("organizations rename")


def test_the_guide_on_reviews(tmp_path_factory: pytest.TempPathFactory) -> None:
    page = Page("review", tmp_path_factory)
    assert "invoice 17" in page.said("review list --key $ANN")
    assert "exit status 1" in page.said("review take $REVIEW --key $BEN")
    handed_in = page.said("sed -i s/10.00/12.00/")
    assert "Kept. Still asked: 1." in handed_in
    assert "You have answered already; another person must." in handed_in
    last = page.said("review confirm $REVIEW")
    assert '"total": "12.00"' in last
    assert "the job goes on." in last
    assert re.search(r'ann +mapping +/echo/total +"10.00" +"12.00"', last)


def test_the_guide_on_quality(tmp_path_factory: pytest.TempPathFactory) -> None:
    page = Page("quality", tmp_path_factory, "jobmill review list --json\n")
    known = re.findall(r"^\d+ +animals .*", page.said("truths list"), re.MULTILINE)
    assert [line.split()[-4] for line in known] == ["hard", "easy"]
    assert "ACCURACY" in page.said("--by engine")
    drawn = json.loads(page.said("calibrate animals 2").splitlines()[-1])["items"]
    assert {job["kind"] for job in drawn} == {"calibration"}
    assert {job["truth"] for job in drawn} == {1, 2}

"""The commands on the dialect's page, as they stand there."""

import re
import shutil
import subprocess
from pathlib import Path

import httpx2
import pytest

from tests.dialects.innodata.people import People

PAGE = Path(__file__).parents[3] / "docs" / "dialects" / "innodata.md"
TAXONOMY = """{"datapoints": [{"key": "number", "label": "Invoice no."},
                {"key": "total", "label": "Total"}]}"""


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_commands_on_the_page_work(people: People, tmp_path: Path) -> None:
    headers = {"Authorization": f"Bearer {people.admin}"}
    ada = {"name": "Ada", "email": "ada@example.org", "password": "long enough"}
    made = httpx2.post(f"{people.url}/api/v1/users", json=ada, headers=headers, timeout=60)
    assert made.status_code == 201, made.text
    (tmp_path / "invoice.pdf").write_text("Invoice no.: 4711\nTotal: 12.50\n")
    (tmp_path / "acme-invoices.json").write_text(TAXONOMY)
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) == 2
    script = "set -eo pipefail\n" + "".join(blocks)
    done = subprocess.run(
        ["bash", "-c", script.replace("http://localhost:9000", people.url)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('{"success":true') == 5, done.stdout
    assert "13.00</datapoint>" in done.stdout.splitlines()[-1]

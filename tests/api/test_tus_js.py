"""The tus client of browsers and Node against our uploads. Its packages are installed here, once,
from a lock that names their hashes."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.dialects.gentoo.javascript import node
from tests.running import Running

FOLDER = Path(__file__).parent / "tus_js"
DATA = bytes(range(253)) * 1200


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script and the client's packages."""
    folder = tmp_path_factory.mktemp("tus-js")
    for file in ("package.json", "package-lock.json", ".npmrc", "upload.js"):
        shutil.copy(FOLDER / file, folder)
    npm = shutil.which("npm") or str(Path(node()).with_name("npm"))
    done = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=110,
    )
    if done.returncode != 0:
        pytest.skip(f"npm could not install tus-js-client: {done.stderr[-300:]}")
    return folder


@pytest.mark.parametrize("way", ["whole", "cut"])
def test_tus_js_client_uploads_and_goes_on(
    server: Running, client: Path, tmp_path: Path, way: str
) -> None:
    file = tmp_path / "film.mp4"
    file.write_bytes(DATA)
    path = f"data://tus-js/{way}.mp4"
    words = [f"{server.url}/api/v1/uploads", server.key, str(file), path, way]
    done = subprocess.run(
        [node(), "upload.js", *words], cwd=client, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["url"].startswith(f"{server.url}/api/v1/uploads/")
    assert server.client.get(f"/api/v1/data/tus-js/{way}.mp4").content == DATA

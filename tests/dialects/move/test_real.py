"""From a film to a skeleton with the bundled engine and its real model."""

from pathlib import Path

import httpx2
import pytest

from tests.dialects.move.speaking import Speaker
from tests.engines.installed import ModelsMissing, installed
from tests.engines.motion.figure import Camera, walk
from tests.engines.motion.made import film
from tests.engines.motion.rendering import frames, write_film
from tests.serving import ServerProcess

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]


def test_a_film_of_a_walk_becomes_a_skeleton(tmp_path: Path) -> None:
    try:
        models = str(installed("blazepose"))
    except ModelsMissing as missing:
        pytest.skip(str(missing))
    pictures = frames(walk(1.0, 30.0, heading=0.6), Camera(), 480, 360, 400.0)
    shown = write_film(tmp_path / "walk.mp4", pictures, 30)
    with (
        ServerProcess(tmp_path / "data", JOBMILL_MODELS=models) as server,
        Speaker(server.url, server.key) as api,
    ):
        ended = api.ended(api.job(api.take(shown), "options: {mocapModel: S2}")["id"], 600)
        assert ended["state"] == "FINISHED", ended["failureReason"]
        files = {each["key"]: httpx2.get(each["file"]["presignedUrl"]) for each in ended["outputs"]}
        assert files["main_fbx"].content.startswith(b"Kaydara FBX Binary")
        assert files["main_glb"].content.startswith(b"glTF")
        assert files["all_bvh"].content.startswith(b"HIERARCHY")
        assert files["main_usdz"].content.startswith(b"PK")
        assert files["render_overlay_video"].content[4:8] == b"ftyp"

        nobody = api.ended(api.job(api.take(film(tmp_path / "grey.mp4")))["id"], 600)
        assert nobody["state"] == "FAILED"
        assert "person" in nobody["failureReason"].lower() or "nobody" in nobody["failureReason"]

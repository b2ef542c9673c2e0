"""The asset creator: one asset of all bytes, in the role that was asked for."""

from pathlib import Path

import pytest

import jobmill_engines.asset_creator
from jobmill_engine import InputRejected
from jobmill_engine.testing import Sample, assert_conforms
from jobmill_engines.asset_creator.__main__ import AssetCreator
from tests.engines.media.made import piped, run

FOLDER = Path(jobmill_engines.asset_creator.__file__).parent
DATA = bytes(range(251)) * 100


def test_a_file_becomes_an_asset_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(DATA)
    (asset,) = run(AssetCreator, path, tmp_path / "w").parts
    assert (asset.port, asset.data, asset.media_type) == ("asset", DATA, "video/mp4")
    assert asset.meta == {"role": "media", "name": "a.mp4", "main": False}
    assert asset.path.stat().st_ino != path.stat().st_ino


def test_a_stream_becomes_one_asset_in_its_role(tmp_path: Path) -> None:
    with piped(DATA, tmp_path) as pipe:
        ran = run(
            AssetCreator, pipe, tmp_path / "w", mode="stream", live=True, asset_type="media-mdp"
        )
    (asset,) = ran.parts
    assert (asset.data, asset.meta["role"]) == (DATA, "media-mdp")
    assert ran.document["summary"] == {"bytes": len(DATA), "asset_type": "media-mdp"}


def test_nothing_is_no_asset(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.touch()
    with pytest.raises(InputRejected) as refused:
        run(AssetCreator, path, tmp_path / "w")
    assert refused.value.code == "empty"


def test_it_is_an_engine_as_the_kit_wants_it(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(DATA)
    assert_conforms(FOLDER, [Sample(path)])

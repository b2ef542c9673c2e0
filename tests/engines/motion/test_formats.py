"""What is written is what was solved, as other readers see it."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobmill_engine import ModelMissing
from jobmill_engines.motion.motion import Motion, Wishes, capture
from jobmill_engines.motion.skeleton import NAMES
from jobmill_engines.motion.writers.bvh import write_bvh
from jobmill_engines.motion.writers.fbx import write_fbx
from jobmill_engines.motion.writers.glb import write_glb
from jobmill_engines.motion.writers.usd import write_usda, write_usdc, write_usdz
from tests.dialects.gentoo.javascript import node
from tests.engines.conftest import Install
from tests.engines.motion import figure
from tests.engines.motion.readers import parse_fbx, read_bvh, read_fbx, read_glb

PUBLISHED = Path(__file__).parent / "published"
FRAMES = [0, 17, 59]
EXACT = 2e-5
WRITERS: dict[str, Callable[[Path, Motion, str], None]] = {
    "motion.fbx": write_fbx,
    "motion.glb": write_glb,
    "motion.bvh": write_bvh,
    "motion.usda": write_usda,
    "motion.usdz": write_usdz,
}


@pytest.fixture(scope="module")
def motion() -> Motion:
    truth = figure.walk(2.0, 30.0, heading=0.8, start=(-0.5, -1.0))
    return capture(figure.seen(truth, noise=0.01), Wishes())


@pytest.fixture(scope="module")
def files(motion: Motion, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("formats")
    for name, write in WRITERS.items():
        write(folder / name, motion, 'Take "one"')
    return folder


def agrees(places: Sequence[Any], motion: Motion, frame: int) -> None:
    assert np.abs(np.array(places) - motion.joints()[frame]).max() < EXACT


@pytest.mark.parametrize("frame", FRAMES)
def test_bvh_fbx_and_glb_hold_every_joint(files: Path, motion: Motion, frame: int) -> None:
    bvh = read_bvh(files / "motion.bvh", frame)
    fbx = read_fbx(files / "motion.fbx", frame)
    glb, length = read_glb(files / "motion.glb", frame)
    for found in (bvh, fbx, glb):
        agrees([found[name] for name in NAMES], motion, frame)
    assert length == pytest.approx(59 / 30)


def test_fbx_says_its_rate_length_axes_and_unit(files: Path, tmp_path: Path) -> None:
    def settings(path: Path) -> dict[str, list[Any]]:
        return parse_fbx(path).one("GlobalSettings").properties()

    rows = settings(files / "motion.fbx")
    assert rows["TimeMode"] == [6]
    assert rows["TimeSpanStop"] == [round(59 / 30 * 46_186_158_000)]
    assert (rows["UpAxis"], rows["FrontAxis"], rows["UnitScaleFactor"]) == ([1], [2], [1.0])
    odd = capture(figure.seen(figure.walk(1.0, 17.5)), Wishes())
    write_fbx(tmp_path / "odd.fbx", odd, "odd")
    rows = settings(tmp_path / "odd.fbx")
    assert (rows["TimeMode"], rows["CustomFrameRate"]) == ([14], [17.5])


def test_the_rest_pose_is_a_t_pose_that_stands_on_the_floor(motion: Motion) -> None:
    rest = dict(zip(NAMES, motion.skeleton.rest(), strict=True))
    assert rest["LeftHand"][0] > rest["LeftArm"][0] > 0 > rest["RightArm"][0]
    assert rest["LeftHand"][1] == pytest.approx(rest["LeftArm"][1])
    assert rest["LeftToeBase"][1] == pytest.approx(0.0, abs=1e-9)
    assert rest["LeftToeBase"][2] > 0


def test_a_usdz_is_stored_plainly_on_a_border_of_64_bytes(files: Path) -> None:
    with zipfile.ZipFile(files / "motion.usdz") as archive:
        (member,) = archive.infolist()
        assert archive.read(member) == (files / "motion.usda").read_bytes()
    assert member.compress_type == zipfile.ZIP_STORED
    header = (files / "motion.usdz").read_bytes()[:30]
    start = 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    assert start % 64 == 0


@pytest.mark.usefixtures("no_models")
def test_usdc_without_its_library_names_the_command(motion: Motion, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, "pxr", None)
        with pytest.raises(ModelMissing, match="jobmill models install usd"):
            write_usdc(tmp_path / "motion.usdc", motion, "a")


@pytest.fixture(scope="session")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three.js and a script that reads with it."""
    folder = tmp_path_factory.mktemp("three")
    for file in ("package.json", "package-lock.json", ".npmrc", "read.js"):
        shutil.copy(PUBLISHED / file, folder)
    npm = shutil.which("npm") or str(Path(node()).with_name("npm"))
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    except OSError as error:
        pytest.skip(f"NOT READ by three.js: npm cannot run: {error}")
    if done.returncode != 0:
        pytest.skip(f"NOT READ by three.js: {done.stderr[-300:]}")
    return folder


@pytest.mark.full
@pytest.mark.timeout(400)
@pytest.mark.parametrize(("name", "unit"), [("fbx", 100), ("bvh", 100), ("glb", 1)])
def test_three_js_sees_the_same(
    three: Path, files: Path, motion: Motion, name: str, unit: int
) -> None:
    times = [frame / 30 for frame in FRAMES]
    asked = {"path": str(files / f"motion.{name}"), "names": NAMES, "times": times}
    done = subprocess.run(
        [node(), "read.js", json.dumps(asked)],
        cwd=three, capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert answer["duration"] == pytest.approx(59 / 30, abs=1e-3)
    for places, frame in zip(answer["places"], FRAMES, strict=True):
        found = np.array(places) / unit
        assert np.abs(found - motion.joints()[frame]).max() < 2e-4


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["motion.usda", "motion.usdz", "motion.usdc"])
def test_the_library_of_usd_sees_the_same(
    real_models: Install, files: Path, motion: Motion, name: str
) -> None:
    real_models("usd")
    if name == "motion.usdc":
        write_usdc(files / name, motion, "a")
    from jobmill_engine import add_libraries

    add_libraries("usd")
    from pxr import Usd, UsdGeom, UsdSkel

    stage = Usd.Stage.Open(str(files / name))
    assert (stage.GetFramesPerSecond(), stage.GetEndTimeCode()) == (30.0, 59.0)
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    cache = UsdSkel.Cache()
    cache.Populate(UsdSkel.Root(stage.GetDefaultPrim()), Usd.TraverseInstanceProxies())
    query = cache.GetSkelQuery(UsdSkel.Skeleton.Get(stage, "/Motion/Skeleton"))
    order = [str(path).rpartition("/")[2] for path in query.GetJointOrder()]
    for frame in FRAMES:
        transforms = query.ComputeJointSkelTransforms(frame)
        found = {n: t.ExtractTranslation() for n, t in zip(order, transforms, strict=True)}
        agrees([found[each] for each in NAMES], motion, frame)


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["motion.fbx", "motion.glb", "motion.bvh", "motion.usdz"])
def test_blender_sees_the_same(files: Path, motion: Motion, name: str) -> None:
    python = os.environ.get("BLENDER_PYTHON")
    if not python:
        pytest.skip("NOT READ by Blender: BLENDER_PYTHON names no Python that has bpy")
    asked = {"path": str(files / name), "names": NAMES, "frames": FRAMES}
    command = [python, str(PUBLISHED / "blender.py"), json.dumps(asked)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, done.stderr[-2000:]
    answer = json.loads(lines[-1])
    assert answer["frames"] == pytest.approx(60, abs=0.01)
    if name in ("motion.fbx", "motion.bvh"):
        assert answer["rate"] == pytest.approx(30)
    for places, frame in zip(answer["places"], FRAMES, strict=True):
        assert np.abs(np.array(places) - motion.joints()[frame]).max() < 5e-4

"""Motion capture of a clip beside the bare pose network over the same frames.

Budget: a warm job, from POST to done, at most 1.3 x decoding the frames, shrinking each to the
network's size and running the network, with the same threads. A rendered figure walks; the overlay
is a second decode and an encode, and measured by itself. Installs the model into `.bench/models`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.media import FOLDER
from benchmarks.report import Figure, median
from benchmarks.server import Server, running_server

MODEL = "blazepose"
MODELS = Path(".bench/models").absolute()
RUNS = 3
_FPS, _SECONDS, _TURNS = 30, 2.0, 2
_WIDTH, _HEIGHT = 1280, 720
_FILES = ("fbx", "glb", "bvh", "usdz", "motion_data")

_BARE = """
import json, sys, time
from pathlib import Path
import av, numpy as np
from jobmill_engine import model_folder
from jobmill_engines.motion.network import Network
path, model, runs, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
network = Network(model, model_folder(model), "pose_landmark_full.tflite", threads)
network.landmarks(np.zeros((256, 256, 3), np.float32))
took = []
for _ in range(runs):
    began, count = time.perf_counter(), 0
    with av.open(path) as film:
        film.streams.video[0].thread_type = "AUTO"
        for frame in film.decode(video=0):
            small = frame.reformat(256, 256, "rgb24").to_ndarray()
            network.landmarks(small.astype(np.float32) / 255)
            count += 1
    took.append(time.perf_counter() - began)
print(json.dumps({"seconds": took, "frames": count}))
"""


def measure() -> list[Figure]:
    """The engine and the network, turn and turn about."""
    install_model()
    film = walking_figure()
    threads = len(os.sched_getaffinity(0))
    plain, drawn, bare = list[float](), list[float](), list[float]()
    frames = 0
    given = {"JOBMILL_MODELS": str(MODELS), "JOBMILL_MEDIA_ROOTS": str(film.parent.absolute())}
    with running_server(**given) as server:
        captured(server, film, "S1", _FILES)  # loads the model
        for _ in range(RUNS):
            told = _bare(film, threads)
            bare.append(told["seconds"][0])
            frames = told["frames"]
            plain.append(captured(server, film, "S1", _FILES))
        drawn.append(captured(server, film, "S1", (*_FILES, "overlay_video")))
        twice = captured(server, film, "S2", _FILES)
    peer, took = median(bare), median(plain)
    against = f"the bare network over {frames} frames of 720p: {peer:.2f} s"
    return [
        Figure("motion_s1", took, "s", against, took / peer, "<= 1.3", RUNS),
        Figure("motion_s1_overlay", drawn[0], "s", against, drawn[0] / peer),
        Figure("motion_s2", twice, "s", against, twice / peer),
    ]


def walking_figure(
    name: str = "walking.mp4",
    size: tuple[int, int] = (_WIDTH, _HEIGHT),
    fps: int = _FPS,
    seconds: float = _SECONDS,
    turns: int = _TURNS,
) -> Path:
    """A figure that walks for some seconds, there and back, `turns` times; kept in .bench."""
    path = FOLDER / name
    if not path.exists():
        from tests.engines.motion.figure import Camera, walk
        from tests.engines.motion.rendering import frames, scaled, write_film

        FOLDER.mkdir(parents=True, exist_ok=True)
        truth = walk(seconds, fps, heading=0.6, start=(-0.6, -0.6))
        pictures = list(frames(truth, Camera(), 640, 360, 420))
        there_and_back = [*pictures, *reversed(pictures)] * turns
        write_film(path, (scaled(each, *size) for each in there_and_back), fps)
    return path


def install_model() -> None:
    """The model, as users get it, into .bench/models."""
    command = [sys.executable, "-m", "jobmill.cli", "models", "install", MODEL, "--to", str(MODELS)]
    subprocess.run(command, check=True, stdout=sys.stderr)


def captured(server: Server, path: Path, level: str, outputs: Sequence[str]) -> float:
    """Seconds from POST to done."""
    params = {"mocap_model": level, "outputs": list(outputs)}
    began = time.perf_counter()
    job = server.job(
        tasks=[{"name": "motion", "engine": "motion", "params": params}],
        input={"path": str(path.absolute())},
    )
    server.wait(job, pause=0.05)
    return time.perf_counter() - began


def _bare(path: Path, threads: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", _BARE, str(path), MODEL, "1", str(threads)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "JOBMILL_MODELS": str(MODELS), "OMP_NUM_THREADS": "1"},
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told

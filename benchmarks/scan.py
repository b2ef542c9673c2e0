"""Scans beside the bare decode of the same file: what many checks cost is the cost of decoding.

Budgets: one hour of AAC, AUDIO_FORMAT, from POST to done, at most 1.25 x the decode + 1 s; ten
minutes of 720p H.264 and AAC with every check at most 1.5 x decoding both.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.media import hour_of_audio, ten_minutes_of_video
from benchmarks.report import Figure, median
from benchmarks.server import Server, running_server

RUNS = 3
PAUSE = 0.1
"""Seconds between two questions: who asks more often takes from the processors what is measured."""
ALL = ("AUDIO_FORMAT", "IN_BLACK", "SHOT_CHANGE_DETECTION", "SILENCE", "FREEZE", "LOUDNESS")
_BARE = """
import sys, threading, av
def decode(kind):
    with av.open(sys.argv[1]) as file:
        stream = getattr(file.streams, kind)[0]
        stream.thread_type = "AUTO"
        for _ in file.decode(stream): pass
threads = [threading.Thread(target=decode, args=(kind,)) for kind in sys.argv[2:]]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def measure() -> list[Figure]:
    """Both scans, each turn and turn about with its decode."""
    roots = str(Path(".bench/media").absolute())
    audio, video = hour_of_audio(), ten_minutes_of_video()
    with running_server(JOBMILL_MEDIA_ROOTS=roots) as server:
        _scan(server, audio, ("AUDIO_FORMAT",))  # warms the engine and the disk's cache
        return [
            _pair(server, "scan_audio_hour", audio, ("AUDIO_FORMAT",), ("audio",), 1.25, 1.0),
            _pair(server, "scan_video_10min", video, ALL, ("audio", "video"), 1.5, 0.0),
        ]


def _pair(
    server: Server,
    name: str,
    path: Path,
    features: Sequence[str],
    kinds: Sequence[str],
    budget: float,
    allowance: float,
) -> Figure:
    scans, decodes = [], []
    for _ in range(RUNS):
        decodes.append(_decode(path, kinds))
        scans.append(_scan(server, path, features))
    scan, decode = median(scans), median(decodes)
    limit = f"decode to null with {'ffmpeg' if shutil.which('ffmpeg') else 'PyAV'}: {decode:.2f} s"
    ratio = (scan - allowance) / decode
    extra = f" + {allowance:g} s" if allowance else ""
    return Figure(name, scan, "s", limit, ratio, f"<= {budget:g}{extra}", RUNS)


def _scan(server: Server, path: Path, features: Sequence[str]) -> float:
    began = time.perf_counter()
    job = server.job(features=list(features), input={"path": path.name})
    server.wait(job, PAUSE)
    return time.perf_counter() - began


def _decode(path: Path, kinds: Sequence[str]) -> float:
    command = [sys.executable, "-c", _BARE, str(path), *kinds]
    if ffmpeg := shutil.which("ffmpeg"):
        maps = [word for kind in kinds for word in ("-map", f"0:{kind[0]}")]
        command = [ffmpeg, "-v", "error", "-i", str(path), *maps, "-f", "null", "-"]
    began = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return time.perf_counter() - began

"""Speech through the chunked pipeline beside bare faster-whisper on the same audio.

Budget: one hour in chunks of five minutes, from POST to done, at most 1.15 x the library with the
same total threads. Tells when the first words were there, too, and what memory was held.
`--minutes` takes less of it; chunks are then shorter, so that there are several for each processor.
Needs espeak-ng, and installs the model into `.bench/models`.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.footprint import Footprint
from benchmarks.media import minutes_of_speech
from benchmarks.report import Figure, median
from benchmarks.server import Server, running_server

MODEL = "whisper-tiny-en"
MODELS = Path(".bench/models").absolute()
CHUNK_SECONDS = 300.0
LONG = 15.0
"""Minutes from which on one run has to do."""

_BARE = """
import json, sys, time
from pathlib import Path
from jobmill_engine import add_libraries, model_folder
add_libraries("speech")
from faster_whisper import WhisperModel
path, model, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
folder = str(model_folder(model))
whisper = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=threads)
began = time.perf_counter()
segments, _ = whisper.transcribe(
    path, language="en", beam_size=5, temperature=0.0, condition_on_previous_text=False,
    vad_filter=True, word_timestamps=True,
)
words = sum(len(segment.words) for segment in segments)
print(json.dumps({"seconds": time.perf_counter() - began, "words": words}))
"""


def measure(minutes: float = 60.0) -> list[Figure]:
    """The pipeline and the library, turn and turn about."""
    if shutil.which("espeak-ng") is None:
        print("    SKIPPED: it speaks with espeak-ng; apt-get install espeak-ng", file=sys.stderr)
        return []
    command = [sys.executable, "-m", "jobmill.cli", "models", "install", MODEL, "--to", str(MODELS)]
    subprocess.run(command, check=True, stdout=sys.stderr)
    speech = minutes_of_speech(minutes)
    threads = len(os.sched_getaffinity(0))
    chunk = min(CHUNK_SECONDS, minutes * 60 / (2 * threads))
    ours, first, bare = list[float](), list[float](), list[dict[str, Any]]()
    given = {"JOBMILL_MODELS": str(MODELS), "JOBMILL_SLOTS": str(threads)}
    roots = str(speech.parent.absolute())
    runs = 1 if minutes >= LONG else 3
    with running_server(JOBMILL_MEDIA_ROOTS=roots, **given) as server:
        _pipeline(server, minutes_of_speech(0.5), threads, 30 / threads)  # loads the model
        for _ in range(runs):
            bare.append(_bare(speech, threads))
            with Footprint(server.process.pid) as footprint:
                words, took = _pipeline(server, speech, threads, chunk)
            first.append(words)
            ours.append(took)
        footprint.tell()
    peer = median([each["seconds"] for each in bare])
    took = median(ours)
    name = f"transcription_{minutes:g}min"
    against = f"faster-whisper, {threads} threads, {MODEL}: {peer:.1f} s, {bare[0]['words']} words"
    first_words, most = median(first), footprint.most("server")
    return [
        Figure(name, took, "s", against, took / peer, "<= 1.15", runs),
        Figure(f"{name}_first_words", first_words, "s", f"all: {took:.1f} s", first_words / took),
        Figure(
            f"{name}_server_memory_growth",
            footprint.grown("server"),
            "MB",
            f"most in the first half; {most:.0f} MB at most",
            footprint.grown("server") / most if most else 0.0,
            "constant",
        ),
    ]


def _pipeline(server: Server, path: Path, lanes: int, chunk_seconds: float) -> tuple[float, float]:
    """Seconds from POST to the first part of the transcript, and to the end."""
    params = {"model": MODEL, "language": "en"}
    began = time.perf_counter()
    job = server.job(
        tasks=[
            {"name": "cut", "engine": "chunker", "params": {"chunk_seconds": chunk_seconds}},
            {"name": "words", "engine": "transcribe", "params": params, "max_engines": lanes},
            {"name": "all", "engine": "output-writer"},
        ],
        routes=[{"from": "cut", "to": "words"}, {"from": "words", "to": "all"}],
        input={"path": str(path.absolute())},
    )
    while not server.http.get(f"/jobs/{job['id']}/tasks/words/parts?limit=1").json()["items"]:
        time.sleep(0.1)
    first = time.perf_counter() - began
    server.wait(job, pause=0.1)
    took = time.perf_counter() - began
    results = server.http.get(f"/jobs/{job['id']}/results?task=all").json()["items"]
    words = [len(each["document"].get("words") or ()) for each in results]
    print(f"    {words[0] if words else 0} words in chunks of {chunk_seconds:g} s", file=sys.stderr)
    return first, took


def _bare(path: Path, threads: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", _BARE, str(path), MODEL, str(threads)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "JOBMILL_MODELS": str(MODELS), "OMP_NUM_THREADS": str(threads)},
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told

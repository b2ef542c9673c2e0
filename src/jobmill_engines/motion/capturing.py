"""One task: film → person → skeleton → files. Tells progress and what is wrong with the film."""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from jobmill_engine import InputRejected, Task
from jobmill_engines.media.progress import tell_troubles
from jobmill_engines.motion.ahead import ahead
from jobmill_engines.motion.film import Film, open_film, rate_of
from jobmill_engines.motion.following import Nets
from jobmill_engines.motion.motion import Motion, Wishes, capture
from jobmill_engines.motion.overlay import Overlay
from jobmill_engines.motion.request import Request
from jobmill_engines.motion.sightings import Sightings, open_sightings
from jobmill_engines.motion.tables import Desk
from jobmill_engines.motion.timing import observe
from jobmill_engines.motion.watching import Watching
from jobmill_engines.motion.writers.bvh import write_bvh
from jobmill_engines.motion.writers.data import describe, write_data
from jobmill_engines.motion.writers.fbx import write_fbx
from jobmill_engines.motion.writers.glb import write_glb
from jobmill_engines.motion.writers.usd import write_usda, write_usdc, write_usdz

_Writer = Callable[[Path, Motion, str], None]
FILES: Mapping[str, tuple[str, _Writer, str]] = {
    "fbx": ("motion.fbx", write_fbx, "application/octet-stream"),
    "glb": ("motion.glb", write_glb, "model/gltf-binary"),
    "bvh": ("motion.bvh", write_bvh, "text/plain"),
    "usda": ("motion.usda", write_usda, "text/plain"),
    "usdz": ("motion.usdz", write_usdz, "model/vnd.usdz+zip"),
    "usdc": ("motion.usdc", write_usdc, "application/octet-stream"),
    "motion_data": ("motion_data.zip", write_data, "application/zip"),
}
_FEWEST = 2
_GUESSED = 0.3
"""How sure a joint is, at most, that is not in the picture."""


@dataclass(slots=True)
class _Watched:
    """What came of watching: the sightings, and facts about the film."""

    sightings: Sightings
    people: int
    size: tuple[int, int]
    rate: float | None
    media: dict[str, Any]


def run(task: Task, nets: Nets, request: Request) -> dict[str, Any]:
    """Write the files asked for; returns the document of the movement."""
    path = task.input().path
    key = _origin(path, request)
    with (
        open_sightings(task.spool or task.workdir, task.workdir, key) as sightings,
        Desk(task.workdir) as desk,
    ):
        watched = _watch(task, path, nets, request, sightings)
        _check(watched)
        focal = request.focal_in_pixels(*watched.size)
        seen = observe(sightings, watched.rate, watched.size, focal, desk)
        wishes = Wishes(request.height, request.floor, request.smoothing_hz)
        motion = capture(seen, wishes, desk)
        task.check_cancelled()
        start = Fraction(sightings.times[0]).limit_denominator(1_000_000)
        _write(task, path, motion, request, start)
        _warn(task, motion, watched)
        return {
            "motion": {"start_ms": round(float(start) * 1000, 3), **describe(motion)},
            "media": watched.media,
            "summary": _summary(motion, watched),
        }


def _origin(path: Path, request: Request) -> str:
    """What the sightings depend on: those of anything else are of no use."""
    about, window = path.stat(), request.window
    version = os.environ.get("JOBMILL_ENGINE_VERSION", "")
    return f"{version} {request.model} {request.level} {window} {about.st_size} {about.st_mtime_ns}"


def _watch(task: Task, path: Path, nets: Nets, request: Request, sightings: Sightings) -> _Watched:
    size = (0, 0)
    with open_film(path, request.window, task.workdir, task.log) as film:
        watching = Watching(nets, sightings, twice=request.level.twice)
        if sightings.kept:
            task.log(f"The first {sightings.kept} pictures were looked at by an earlier attempt.")
        parts = 2 if "overlay_video" in request.outputs else 1
        with ahead(film.frames(lambda: watching.likely)) as frames:
            for number, frame in enumerate(frames):
                size = (frame.width, frame.height)
                watching.look(number, frame)
                task.check_cancelled()
                _tell(task, film, frame.shown.end, 0, parts)
        watching.end()
        rate = rate_of(film.stream)
        _tell_film(task, film)
        codec = film.stream.codec_context
        media = {
            "format": film.source.format.demuxer,
            "width": size[0],
            "height": size[1],
            "fps": round(float(rate), 6) if rate else None,
            "codec": codec.name,
            "frames": len(sightings),
        }
    people = watching.people
    return _Watched(sightings, people, size, float(rate) if rate else None, media)


def _tell(task: Task, film: Film, reached: Fraction, part: int, parts: int) -> None:
    """Seconds of the film, those of the overlay behind them."""
    end, start = film.end, film.window.start
    if end is None or end <= start:
        task.progress(float(reached - start), None, "s")
        return
    length = float(end - start)
    task.progress(part * length + min(length, float(reached - start)), parts * length, "s")


def _tell_film(task: Task, film: Film) -> None:
    if film.window.end is None:
        end, breaks = film.clock.reached, film.clock.breaks
        tell_troubles(task, film.source, film.reader, breaks, end, [film.stream])


def _check(watched: _Watched) -> None:
    frames, seen = len(watched.sightings.times), sum(watched.sightings.seen)
    if frames == 0:
        raise InputRejected(
            "no_pictures",
            "No picture could be read in this part of the file: it is damaged, or shorter than"
            " start_ms.",
        )
    if frames < _FEWEST:
        raise InputRejected("too_short", "There is one picture only: motion needs at least two.")
    if seen == 0:
        raise InputRejected(
            "no_person",
            "No person was found in the video. The whole body should be in the picture, upright,"
            " at least a sixth of its height.",
        )


def _write(task: Task, path: Path, motion: Motion, request: Request, start: Fraction) -> None:
    for output in request.outputs:
        task.check_cancelled()
        if output == "overlay_video":
            name, media_type = "overlay.mp4", "video/mp4"
            _draw(task, path, motion, request, start, task.workdir / name)
        elif output == "source_video":
            given = task.input()
            name, media_type = f"source{Path(given.name).suffix}", given.media_type
            shutil.copyfile(path, task.workdir / name)
        else:
            name, write, media_type = FILES[output]
            write(task.workdir / name, motion, Path(task.input().name).stem or "motion")
        task.output(output, task.workdir / name, media_type, {"name": name})


def _draw(
    task: Task, path: Path, motion: Motion, request: Request, start: Fraction, target: Path
) -> None:
    """The film a second time, with the result drawn over it."""
    with open_film(path, request.window, task.workdir, task.log) as film:

        def told(reached: Fraction) -> None:
            task.check_cancelled()
            _tell(task, film, reached, 1, 2)

        focal = request.focal_in_pixels(1, 1)
        Overlay(film, motion, start, focal).write(target, told)


def _warn(task: Task, motion: Motion, watched: _Watched) -> None:
    lost = int((~motion.tracked).sum())
    if lost:
        task.warn(
            "gaps_bridged",
            f"The person was not seen in {lost} of {len(motion)} frames; the movement was bridged"
            " there, see `gaps`.",
        )
    guessed = [
        name
        for name, sure in zip(motion.skeleton.names, motion.sureness(), strict=True)
        if sure < _GUESSED
    ]
    if guessed:
        task.warn(
            "partly_seen",
            f"The picture hardly shows {', '.join(guessed)}: their movement is guessed."
            " Film the whole body, from head to feet.",
        )
    if watched.people > 1:
        task.warn(
            "several_people",
            f"Up to {watched.people} people are in the picture; the main one was followed.",
        )


def _summary(motion: Motion, watched: _Watched) -> dict[str, Any]:
    return {
        "frames": len(motion),
        "tracked": int(motion.tracked.sum()),
        "repaired": int(motion.flipped.sum()),
        "confidence": round(float(motion.sureness().mean()), 4),
        "people": watched.people,
        "height_m": round(motion.skeleton.height, 3),
    }

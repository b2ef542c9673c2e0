"""Follow a job on the screen: bars per feature on a terminal, a line per step in a pipe.

Everything here goes to stderr, so that stdout holds nothing but the answer.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

import typer

from jobmill.cli.output import note
from jobmill.cli.session import INTERRUPTED

if TYPE_CHECKING:
    from rich.progress import TaskID

    from jobmill_client import Job, Jobmill, Progress

NARROW = 60
STEP = 10
WHOLE = "job"
MINUTE, HOUR = 90, 5400  # up to here in seconds, up to here in minutes


@dataclass(frozen=True, slots=True)
class Standing:
    """Percents by feature, and in words how long each and the whole still take, where known."""

    percents: Mapping[str, int]
    left: Mapping[str, str]
    whole_left: str


class Screen(Protocol):
    """Shows how far things are."""

    def update(self, standing: "Standing") -> None:
        """Where things stand now."""

    def close(self) -> None:
        """Leave what is shown and stop."""


class Bars:
    """Bars that move, on a terminal."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
        from rich.progress import TimeElapsedColumn as Elapsed

        from jobmill.cli.output import console

        screen = console(messages=True)
        columns = [TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()]
        if screen.width >= NARROW:
            columns += [Elapsed(), TextColumn("{task.fields[left]}")]
        self._bars = Progress(*columns, console=screen)
        self._known: dict[str, TaskID] = {}
        self._bars.start()

    def update(self, standing: "Standing") -> None:
        for name, percent in standing.percents.items():
            if name not in self._known:
                self._known[name] = self._bars.add_task(name, total=100, left="")
            left = standing.left.get(name, "")
            self._bars.update(self._known[name], completed=percent, left=left)

    def close(self) -> None:
        self._bars.stop()


class Lines:
    """A line with everything, whenever the whole is another tenth further."""

    def __init__(self) -> None:
        self._said = -1

    def update(self, standing: "Standing") -> None:
        percents = standing.percents
        step = sum(percents.values()) // (STEP * max(1, len(percents)))
        if step > self._said:
            self._said = step
            said = ", ".join(f"{name} {percent} %" for name, percent in percents.items())
            note(f"{said}, {standing.whole_left}" if standing.whole_left else said)

    def close(self) -> None:
        pass


class Live:
    """A screen for the time of a `with` block."""

    def __init__(self) -> None:
        self._screen: Screen = Bars() if sys.stderr.isatty() else Lines()

    def __enter__(self) -> Screen:
        return self._screen

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._screen.close()


def follow_job(client: "Jobmill", job: "Job", prefix: str = "") -> "Job":
    """Show the job's progress until it has ended; the ended job. Ctrl-C lets go of it."""
    from jobmill_client import Update

    if job.wait_reason is not None and job.wait_reason.code != "capacity":
        note(f"Waits: {job.wait_reason.message}")
    try:
        with Live() as screen:
            screen.update(standing(job.progress, prefix))
            for frame in client.jobs.watch(job):
                if isinstance(frame, Update):
                    screen.update(standing(frame.progress, prefix))
            ended = client.jobs.get(job)
            screen.update(standing(ended.progress, prefix))
    except KeyboardInterrupt:
        note(f"Detached: job {job.number} goes on.")
        note(
            f"`jobmill watch {job.number}` shows it again, `jobmill cancel {job.number}` stops it."
        )
        raise typer.Exit(INTERRUPTED) from None
    return ended


def standing(progress: "Progress", prefix: str = "") -> Standing:
    """By feature, or by task where a task has no features."""
    whole = time_left(progress.seconds_left)
    if not progress.features:
        return Standing({prefix + WHOLE: progress.percent}, {prefix + WHOLE: whole}, whole)
    named = {prefix + (each.feature or each.task): each for each in progress.features}
    percents = {name: each.percent for name, each in named.items()}
    left = {name: time_left(each.seconds_left) for name, each in named.items()}
    return Standing(percents, left, whole)


def time_left(seconds: float | None) -> str:
    """Such as `about 2 min left`: no more exact than an estimate is. Empty without one."""
    if not seconds:
        return ""
    if seconds < MINUTE:
        return f"about {max(1, round(seconds))} s left"
    if seconds < HOUR:
        return f"about {round(seconds / 60)} min left"
    return f"about {seconds / 3600:.1f} h left"

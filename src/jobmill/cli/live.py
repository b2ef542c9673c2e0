"""Follow a job on the screen: bars per feature on a terminal, a line per step in a pipe.

Everything here goes to stderr, so that stdout holds nothing but the answer.
"""

import sys
from collections.abc import Mapping
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


class Screen(Protocol):
    """Shows how far things are."""

    def update(self, percents: Mapping[str, int]) -> None:
        """The percents now, by feature."""

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
            columns.append(Elapsed())
        self._bars = Progress(*columns, console=screen)
        self._known: dict[str, TaskID] = {}
        self._bars.start()

    def update(self, percents: Mapping[str, int]) -> None:
        for name, percent in percents.items():
            if name not in self._known:
                self._known[name] = self._bars.add_task(name, total=100)
            self._bars.update(self._known[name], completed=percent)

    def close(self) -> None:
        self._bars.stop()


class Lines:
    """A line with everything, whenever the whole is another tenth further."""

    def __init__(self) -> None:
        self._said = -1

    def update(self, percents: Mapping[str, int]) -> None:
        step = sum(percents.values()) // (STEP * max(1, len(percents)))
        if step > self._said:
            self._said = step
            note(", ".join(f"{name} {percent} %" for name, percent in percents.items()))

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
            screen.update(percents(job.progress, prefix))
            for frame in client.jobs.watch(job):
                if isinstance(frame, Update):
                    screen.update(percents(frame.progress, prefix))
            ended = client.jobs.get(job)
            screen.update(percents(ended.progress, prefix))
    except KeyboardInterrupt:
        note(f"Detached: job {job.number} goes on.")
        note(
            f"`jobmill watch {job.number}` shows it again, `jobmill cancel {job.number}` stops it."
        )
        raise typer.Exit(INTERRUPTED) from None
    return ended


def percents(progress: "Progress", prefix: str = "") -> dict[str, int]:
    """Percents by feature, or by task where a task has no features."""
    if not progress.features:
        return {prefix + WHOLE: progress.percent}
    return {prefix + (each.feature or each.task): each.percent for each in progress.features}

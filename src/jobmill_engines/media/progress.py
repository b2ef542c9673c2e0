"""What is told while media is read: seconds done, and at the end what was wrong with it."""

from collections.abc import Sequence
from fractions import Fraction

from av.stream import Stream

from jobmill_engine import Task
from jobmill_engines.media.decode import Reader
from jobmill_engines.media.source import Source


class Told:
    """Progress in seconds of media; the total is what the file declares, if it does."""

    def __init__(self, task: Task, source: Source) -> None:
        self._task = task
        self._total = source.duration

    def reached(self, time: Fraction) -> None:
        """Everything before this time is done. Raises `TaskCancelled`."""
        self._task.check_cancelled()
        time, total = max(time, Fraction(0)), self._total
        self._task.progress(float(time), None if total is None else float(max(total, time)), "s")


def tell_all_done(task: Task, end: Fraction) -> None:
    """The last word about how far the work is."""
    task.progress(float(end), float(end), "s")


def tell_troubles(
    task: Task,
    source: Source,
    reader: Reader,
    breaks: int,
    end: Fraction,
    streams: Sequence[Stream],
) -> None:
    """Warn of what was met on the way."""
    if reader.errors:
        task.warn("decode_errors", f"{reader.errors} packets or pictures are damaged.")
    if breaks:
        task.warn(
            "timestamps_broken",
            f"The time stamps ran backwards or leapt {breaks} times; time was counted on.",
        )
    if source.ends_early(end, streams):
        task.warn("truncated", f"The file ends at {float(end):.3f} s, earlier than it says.")

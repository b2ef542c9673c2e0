"""How much memory a server and its engines hold over time, looked at once a second."""

import sys
import threading
from collections import defaultdict
from types import TracebackType

import psutil

EVERY = 1.0


class Footprint:
    """Looks at a process and all below it while the `with` block lasts.

    Kinds are `server` and the names of engines; of several processes of an engine the sum counts.
    """

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._looks: list[dict[str, int]] = []

    def __enter__(self) -> "Footprint":
        self._thread.start()
        return self

    def __exit__(
        self,
        raised: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def most(self, kind: str) -> float:
        """The most that this kind held, in MB."""
        return max((look.get(kind, 0) for look in self._looks), default=0) / 1e6

    def grown(self, kind: str) -> float:
        """How much more the most of the second half is than that of the first, in MB."""
        half = len(self._looks) // 2
        first = max((look.get(kind, 0) for look in self._looks[:half]), default=0)
        second = max((look.get(kind, 0) for look in self._looks[half:]), default=0)
        return max(0, second - first) / 1e6

    def kinds(self) -> list[str]:
        """All that were seen."""
        return sorted({kind for look in self._looks for kind in look})

    def tell(self) -> None:
        """All of it, for a person."""
        for kind in self.kinds():
            told = (
                f"{self.most(kind):.0f} MB at most, {self.grown(kind):.0f} MB more in the 2nd half"
            )
            print(f"    {kind}: {told}", file=sys.stderr)

    def _look_on(self) -> None:
        while not self._over.wait(EVERY):
            self._looks.append(self._look())

    def _look(self) -> dict[str, int]:
        held: dict[str, int] = defaultdict(int)
        for process in [self._root, *self._root.children(recursive=True)]:
            try:
                held[_kind(process, self._root)] += process.memory_info().rss
            except psutil.Error:
                continue  # it has just ended
        return held


def _kind(process: psutil.Process, root: psutil.Process) -> str:
    if process == root:
        return "server"
    words = process.cmdline()
    named = [word for word in words if word.startswith("jobmill_engines.")]
    return named[-1].removeprefix("jobmill_engines.") if named else "helpers"

"""Work handed to a second thread, in order and never far ahead: decoding need not wait for it.

Knows neither sound nor pictures.
"""

import queue
import threading
from collections.abc import Callable
from types import TracebackType

Step = Callable[[], None]

WAITING = 4
"""Steps that may wait while one is done."""


class HandOff:
    """Does what it is given on one thread of its own; a context manager.

    What a step raises comes out of the next `give` or `drain`; the steps after it are dropped.
    """

    def __init__(self) -> None:
        self._steps: queue.Queue[Step | None] = queue.Queue(WAITING)
        self._raised: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="scan-behind", daemon=True)

    def give(self, step: Step) -> None:
        """Have a step done after those before it; waits while too many are unfinished."""
        self._check()
        self._steps.put(step)

    def drain(self) -> None:
        """Return once all is done."""
        self._steps.join()
        self._check()

    def __enter__(self) -> "HandOff":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._steps.put(None)
        self._thread.join()

    def _check(self) -> None:
        if self._raised is not None:
            raise self._raised

    def _work(self) -> None:
        while (step := self._steps.get()) is not None:
            try:
                if self._raised is None:
                    step()
            except BaseException as error:
                self._raised = error
            finally:
                self._steps.task_done()

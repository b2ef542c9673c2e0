"""Gets the next items of an iterator ready in a thread of its own, a few of them and no more."""

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

Item = TypeVar("Item")
_MOST = 3
_PAUSE_S = 0.2
"""How long the thread waits in one go before it looks whether it is still wanted."""


@contextmanager
def ahead(items: Iterator[Item]) -> Iterator[Iterator[Item]]:
    """The same items, made while the one before is worked on. What the iterator raises is raised at
    its place. The thread has ended when the block is left."""
    worker = _Worker(items)
    worker.start()
    try:
        yield worker.items()
    finally:
        worker.stop()


class _Worker(Generic[Item]):
    def __init__(self, items: Iterator[Item]) -> None:
        self._source = items
        self._ready: Queue[tuple[Item | None, BaseException | None]] = Queue(_MOST)
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="ahead", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        try:
            while True:
                self._ready.get_nowait()
        except Empty:
            self._thread.join()

    def items(self) -> Iterator[Item]:
        while True:
            item, raised = self._ready.get()
            if raised is not None:
                raise raised
            if item is None:
                return
            yield item

    def _run(self) -> None:
        try:
            for item in self._source:
                if not self._put(item, None):
                    return
            self._put(None, None)
        except BaseException as raised:  # whatever it is, it belongs to the one who waits
            self._put(None, raised)

    def _put(self, item: Item | None, raised: BaseException | None) -> bool:
        while not self._stopped.is_set():
            try:
                self._ready.put((item, raised), timeout=_PAUSE_S)
            except Full:
                continue
            return True
        return False

"""Hands parts over in order, and passes over those that are kept from an earlier attempt."""

import os
from collections.abc import Mapping
from typing import Any

from jobmill_engine import Task


class Parts:
    """The parts of one port. `number` is that of the next one."""

    def __init__(self, task: Task, port: str = "out") -> None:
        self.number = 0
        self._task = task
        self._port = port
        self._kept = task.skip(port)

    @property
    def wanted(self) -> bool:
        """Whether the next part must be made; a kept one need not be."""
        return self.needs(self.number)

    def needs(self, number: int) -> bool:
        """Whether the part with this number must be made."""
        return number >= self._kept

    def send(
        self, data: bytes | os.PathLike[str], media_type: str, meta: Mapping[str, Any] | None = None
    ) -> None:
        """Hand the next part over; waits while its readers are too far behind."""
        if self.wanted:
            self._task.output(self._port, data, media_type, meta)
        self.number += 1
        self._task.check_cancelled()

    def passed(self) -> None:
        """The next part was not made, as it is kept."""
        self.number += 1

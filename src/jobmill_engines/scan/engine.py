"""The scan as an engine: turns a task into a call of `analyse`, its ends into the kit's."""

from collections.abc import Mapping
from typing import Any

from jobmill_engine import Engine, EngineFailed, InputRejected, Task
from jobmill_engines.media.errors import MediaRejected
from jobmill_engines.scan.analyse import analyse
from jobmill_engines.scan.errors import DetectorFailed


class ScanEngine(Engine):
    """Every audio and picture check of one file over one decode.

    Parameters: `segments`, and for each feature its name with an object of its own parameters.
    """

    def run(self, task: Task) -> Mapping[str, Any]:
        try:
            return analyse(
                task.input().path,
                task.features,
                task.parameters,
                task.parameters.get("segments"),
                _Told(task),
            )
        except MediaRejected as rejected:
            raise InputRejected(rejected.code, rejected.message) from rejected
        except DetectorFailed as failed:
            raise EngineFailed(failed.code, failed.message) from failed


class _Told:
    """Passes on to the task what the scan tells."""

    def __init__(self, task: Task) -> None:
        self._task = task

    def progress(self, done: float, total: float | None, unit: str, feature: str) -> None:
        self._task.progress(done, total, unit, feature=feature)

    def warn(self, code: str, message: str, feature: str | None = None) -> None:
        self._task.warn(code, message, feature=feature)

    def check_cancelled(self) -> None:
        self._task.check_cancelled()

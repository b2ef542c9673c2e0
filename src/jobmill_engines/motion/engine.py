"""Motion capture as an engine: finds the model, keeps it loaded, answers a task."""

from collections.abc import Callable
from pathlib import Path

import av.error

from jobmill_engine import Engine, InputRejected, Result, Task, model_folder
from jobmill_engines.media.errors import MediaRejected
from jobmill_engines.media.source import unusable
from jobmill_engines.motion.capturing import run
from jobmill_engines.motion.following import Nets
from jobmill_engines.motion.network import Network
from jobmill_engines.motion.request import Request, read_request

Loader = Callable[[str, Path, str, int], Nets]


class MotionEngine(Engine):
    """One video to a moving skeleton; parameters and ports as in `engine.toml`."""

    def __init__(self, load: Loader = Network) -> None:
        self._load = load
        self._loaded: tuple[tuple[str, Path, str, int], Nets] | None = None

    def run(self, task: Task) -> Result:
        request = read_request(task.parameters)
        try:
            return run(task, self._network(request), request)
        except av.error.InvalidDataError as error:
            damaged = unusable(error)
            raise InputRejected(damaged.code, damaged.message) from error
        except MediaRejected as rejected:
            raise InputRejected(rejected.code, rejected.message) from rejected

    def _network(self, request: Request) -> Nets:
        """The network of the last task, if it is the same one."""
        folder = model_folder(request.model).resolve()
        key = (request.model, folder, request.level.weights, request.threads)
        if self._loaded is None or self._loaded[0] != key:
            self._loaded = None
            self._loaded = (key, self._load(*key))
        return self._loaded[1]

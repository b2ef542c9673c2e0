"""Real servers, commands and an engine that does as it is told, for tests from outside."""

from tests.serving.drill import Drill, install_drill
from tests.serving.processes import Ran, ServerProcess, WorkerProcess, jobmill

__all__ = ["Drill", "Ran", "ServerProcess", "WorkerProcess", "install_drill", "jobmill"]

"""An engine that does what it is told through a named pipe; without one it is done at once."""

from pathlib import Path
from typing import Any

from jobmill_engine import Engine, EngineFailed, Result, Task, serve


class Gate(Engine):
    """Orders: `progress N`, `log TEXT`, `write TEXT`, `warn TEXT`, `fail TEXT`."""

    def run(self, task: Task) -> Result:
        feature = task.features[0] if task.features else None
        given: Any = task.parameters
        if feature is not None:
            given = given.get(feature, {})
        if "gate" in given:
            with Path(given["gate"]).open(encoding="utf-8") as orders:
                for order in orders:
                    self.obey(task, feature, *order.strip().split(" ", 1))
        if feature is None:
            return {"open": True}
        return {"features": {feature: {"spans": [], "summary": {"open": True}}}}

    def obey(self, task: Task, feature: str | None, word: str, value: str = "") -> None:
        if word == "progress":
            task.progress(float(value), 100.0, "s", feature)
        elif word == "log":
            task.log(value)
        elif word == "write":
            task.output("out", value.encode(), "text/plain")
        elif word == "warn":
            task.warn("told", value)
        elif word == "fail":
            raise EngineFailed("told_to_fail", value)


if __name__ == "__main__":
    serve(Gate)

"""Gives whatever its parameter says."""

from typing import Any

from jobmill_engine import Engine, Task, serve


class Liar(Engine):
    def run(self, task: Task) -> Any:
        return task.parameters["gives"]


if __name__ == "__main__":
    serve(Liar)

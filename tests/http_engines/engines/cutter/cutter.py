"""Hands on a text word by word, a second each; with `wait`, a pause before each."""

import time

from jobmill_engine import Engine, Result, Task, serve


class Cutter(Engine):
    """One part a word."""

    def run(self, task: Task) -> Result | None:
        words = task.input().open().read().split()
        for number, word in enumerate(words):
            time.sleep(task.parameters.get("wait", 0))
            meta = {"start_ms": 1000 * number, "end_ms": 1000 * number + 1000}
            task.output("out", word + b" ", "text/plain", meta)
        return {"count": len(words)}


serve(Cutter)

"""The engine that does nothing: it tells what it was given. Standard library only, starts fast."""

import json
import time
from typing import Any

from jobmill_engine import Engine, Input, Result, Task, serve


class Noop(Engine):
    """Returns its parameter `echo` and its inputs' facts; with `write`, also at port `out`."""

    def run(self, task: Task) -> Result:
        began_at = time.time()
        document = {
            "echo": task.parameters.get("echo"),
            "began_at": began_at,
            "inputs": [_facts(file) for file in task.inputs],
        }
        if task.parameters.get("write"):
            task.output("out", json.dumps(document).encode(), "application/json")
        return document


def _facts(file: Input) -> dict[str, Any]:
    return {
        "port": file.port,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.path.stat().st_size,
    }


if __name__ == "__main__":
    serve(Noop)

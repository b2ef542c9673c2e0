"""A service in a process of its own: every word of a text, behind a gate if the job names one.

`word_service.py PORT` says on its first line where it is.
"""

import sys
from pathlib import Path

from jobmill_engine import Engine, Result, Task
from jobmill_engine.http import EngineServer


class Words(Engine):
    """Waits at the pipe `gate` before it reads its text."""

    def run(self, task: Task) -> Result | None:
        if gate := task.parameters.get("gate"):
            Path(gate).read_text()
        return {"text": task.input().path.read_text()}


with EngineServer(Words, port=int(sys.argv[1]), workers=2) as server:
    print(server.url, flush=True)
    server.serve_forever()

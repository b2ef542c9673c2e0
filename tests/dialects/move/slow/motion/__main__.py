"""Waits at one pipe before it is there at all, and at another in its work."""

from pathlib import Path

from jobmill_engine import Engine, Result, Task, serve

FOLDER = Path(__file__).parent


class Slow(Engine):
    def run(self, task: Task) -> Result:
        task.progress(1.0, 4.0, "s")
        (FOLDER / "end").read_text(encoding="utf-8")
        task.output("fbx", b"skeleton", "application/octet-stream")
        return {}


(FOLDER / "begin").read_text(encoding="utf-8")
serve(Slow)

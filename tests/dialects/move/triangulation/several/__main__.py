"""Writes down which cameras it was given, as a file of a skeleton."""

import json

from jobmill_engine import Engine, Result, Task, serve


class Several(Engine):
    def run(self, task: Task) -> Result:
        given = json.loads(task.input().path.read_text(encoding="utf-8"))
        place = task.workdir / "several.fbx"
        place.write_text(json.dumps({"given": given, "params": task.parameters}), encoding="utf-8")
        task.output("fbx", place, "application/octet-stream", {"name": place.name})
        return {}


serve(Several)

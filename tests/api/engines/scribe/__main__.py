"""An engine for tests of documents: returns what it was told to, with what it read."""

import json

from jobmill_engine import Engine, Result, Task, serve


class Scribe(Engine):
    """Parameter `document`: an object; `read` in it is the document of its input."""

    def run(self, task: Task) -> Result:
        read = json.loads(task.inputs[0].path.read_text()) if task.inputs else None
        return {**task.parameters.get("document", {}), "read": read}


if __name__ == "__main__":
    serve(Scribe)

"""For tests: each line is a zone."""

import json

from jobmill_engine import Engine, Result, Task, serve


class Zones(Engine):
    def run(self, task: Task) -> Result:
        layout = json.loads(task.input().open().read())
        lines = [line["text"] for page in layout["pages"] for line in page["lines"]]
        zones = [
            {"id": f"text-{i}", "type": "text", "page": 1, "text": text, "confidence": 0.9}
            for i, text in enumerate(lines, 1)
        ]
        return {"zones": zones, "confidence": 0.9}


if __name__ == "__main__":
    serve(Zones)

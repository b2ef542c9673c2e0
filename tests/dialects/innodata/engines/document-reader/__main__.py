"""For tests: a text's lines as words of one page, and a picture of the page."""

import json

from jobmill_engine import Engine, InputRejected, Result, Task, serve


class Reader(Engine):
    def run(self, task: Task) -> Result:
        data = task.input().open().read()
        if b"\0" in data:
            raise InputRejected("unreadable", "The document is broken.")
        lines = [{"text": line} for line in data.decode().splitlines() if line.strip()]
        image = json.dumps({"height": task.parameters.get("page_image_height", 1024)})
        task.output("pages", image.encode(), "image/png", meta={"page": 1})
        return {"pages": [{"number": 1, "lines": lines}]}


if __name__ == "__main__":
    serve(Reader)

"""Says which word it was given."""

from jobmill_engine import Engine, Result, Task, serve


class Translation(Engine):
    def run(self, task: Task) -> Result:
        given = task.input()
        number = given.number or 0
        word = {"start_ms": 2500, "end_ms": 3000, "text": f"word{number}", "confidence": 0.9}
        return {"language": "en", "words": [word]}


if __name__ == "__main__":
    serve(Translation)

"""Reads its stream to the end."""

from jobmill_engine import Engine, Result, Task, serve


class Playback(Engine):
    def run(self, task: Task) -> Result:
        size = 0
        with task.input().open() as stream:
            while data := stream.read(65536):
                size += len(data)
        return {"summary": {"bytes": size}}


if __name__ == "__main__":
    serve(Playback)

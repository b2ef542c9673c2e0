"""The engine `asset-creator`: all bytes of its input as one file on port `asset`.

Standard library only.
"""

from jobmill_engine import Engine, InputRejected, Result, Task, serve

_STEP = 1 << 20


class AssetCreator(Engine):
    """One asset of its input, in the role that the parameter `asset_type` names."""

    def run(self, task: Task) -> Result:
        role = str(task.parameters.get("asset_type", "media"))
        given = task.input()
        total = None if given.live else given.path.stat().st_size
        place = task.workdir / "asset"
        done = 0
        with given.open() as stream, place.open("wb") as file:
            while data := stream.read(_STEP):
                file.write(data)
                done += len(data)
                task.progress(done, total, "bytes")
                task.check_cancelled()
        if not done:
            raise InputRejected("empty", "The input has no bytes: there is nothing to keep.")
        meta = {"role": role, "name": given.name, "main": bool(task.parameters.get("main", False))}
        task.output("asset", place, given.media_type, meta)
        return {"summary": {"bytes": done, "asset_type": role}}


if __name__ == "__main__":
    serve(AssetCreator)

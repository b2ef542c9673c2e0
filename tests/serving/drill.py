"""An engine for drills: holds until a file appears, fails while another one does not."""

import textwrap
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = """
[engine]
id = "drill"
name = "Drill"
category = "utility"
version = "1.0.0"
license = "Apache-2.0"
command = ["{python}", "__main__.py"]
"""
CODE = """
import time
from pathlib import Path
from jobmill_engine import Engine, EngineFailed, serve


class Drill(Engine):
    def run(self, task):
        asked = task.parameters
        task.log("the drill begins")
        task.progress(1, 4, "steps")
        if "began" in asked:
            Path(asked["began"]).touch()
        while "hold" in asked and not Path(asked["hold"]).exists():
            task.check_cancelled()
            time.sleep(0.01)
        if "needs" in asked and not Path(asked["needs"]).exists():
            raise EngineFailed("not_yet", "The needed file is not there yet.")
        return {"said": asked.get("say")}


serve(Drill)
"""


@dataclass(frozen=True, slots=True)
class Drill:
    """One task of the engine, held until `release`."""

    folder: Path

    @property
    def tasks(self) -> list[Mapping[str, Any]]:
        params = {"hold": str(self.folder / "go"), "began": str(self.folder / "began")}
        return [{"name": "held", "engine": "drill", "params": params}]

    def release(self) -> None:
        """Let it end."""
        (self.folder / "go").touch()

    def wait_begun(self, seconds: float = 30.0) -> None:
        """Return when the engine works on it."""
        tick = threading.Event()
        for _ in range(int(seconds / 0.02)):
            if (self.folder / "began").exists():
                return
            tick.wait(0.02)
        raise AssertionError("the engine did not begin")


def install_drill(engines: Path) -> None:
    """Put the engine into a folder of engines."""
    folder = engines / "drill"
    folder.mkdir(parents=True)
    (folder / "engine.toml").write_text(textwrap.dedent(MANIFEST))
    (folder / "__main__.py").write_text(textwrap.dedent(CODE))

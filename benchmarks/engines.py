"""Small engines that a bench writes for itself."""

from collections.abc import Mapping
from pathlib import Path

_MANIFEST = """
[engine]
id = "{name}"
name = "{name}"
category = "utility"
version = "1"
license = "Apache-2.0"
command = ["{{python}}", "__main__.py"]
modes = ["{mode}"]
"""
BURST = """
from jobmill_engine import Engine, serve

class Burst(Engine):
    def run(self, task):
        for number in range(task.parameters["parts"]):
            task.output("out", b"x", "text/plain")
        return {}

serve(Burst)
"""
"""Of mode whole: as many small parts as its parameter `parts` says."""


def make_engines(folder: Path, engines: Mapping[str, tuple[str, str]]) -> Path:
    """Engines by name, each a mode and a program, in folders of their own below `folder`."""
    for name, (mode, program) in engines.items():
        place = folder / name
        place.mkdir(parents=True)
        (place / "engine.toml").write_text(_MANIFEST.format(name=name, mode=mode))
        (place / "__main__.py").write_text(program)
    return folder

"""Two engines made with the kit: one keeps a diary of its runs, one will not go when it is asked.

The diary holds a lock for each task while it runs, so that two runs of one task at the same time
are seen by the second; the kernel opens the lock of a run that was killed.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil

MANIFEST = """
[engine]
id = "{name}"
name = "{name}"
category = "utility"
version = "1.0.0"
license = "Apache-2.0"
command = ["{{python}}", "__main__.py"]
"""
DIARIST = """
import fcntl
import os
import time
from pathlib import Path

from jobmill_engine import Engine, serve


class Diarist(Engine):
    def run(self, task):
        diary, name = Path(task.parameters["diary"]), task.parameters["name"]
        lock = os.open(diary.with_name(f"{name}.lock"), os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.write(diary, f"overlap {name}")
        self.write(diary, f"start {name}")
        try:
            steps = task.parameters.get("steps", 3)
            for step in range(steps):
                task.check_cancelled()
                task.progress(step + 1, steps, "steps")
                time.sleep(0.05)
            task.output("out", f"{name} of {len(task.inputs)}".encode(), "text/plain")
            self.write(diary, f"end {name}")
            return {"name": name, "inputs": len(task.inputs)}
        finally:
            os.close(lock)

    def write(self, diary, line):
        page = os.open(diary, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        os.write(page, (line + "\\n").encode())
        os.close(page)


serve(Diarist)
"""
STUBBORN = """
import os
import signal
import time
from pathlib import Path

from jobmill_engine import Engine, serve


class Stubborn(Engine):
    def run(self, task):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if os.fork() == 0:
            os.setsid()
            while True:
                time.sleep(0.1)
        Path(task.parameters["began"]).touch()
        while True:
            time.sleep(0.1)


serve(Stubborn)
"""


@dataclass(frozen=True)
class Engines:
    """The folder of both engines, for JOBMILL_ENGINES, and what can be seen of them."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> "Engines":
        for name, code in (("diarist", DIARIST), ("stubborn", STUBBORN)):
            place = folder / name
            place.mkdir(parents=True)
            (place / "engine.toml").write_text(MANIFEST.format(name=name))
            (place / "__main__.py").write_text(code)
        return cls(folder)

    def processes(self) -> list[psutil.Process]:
        """Every living process of these engines, their shims and children included."""
        found = []
        for process in psutil.process_iter():
            try:
                path = process.environ().get("PYTHONPATH", "")
                if str(self.folder) in path and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue  # it has just gone, or is the kernel's own
        return found


def read_diary(diary: Path) -> Counter[tuple[str, str]]:
    """How often each (word, name) stands there; empty before the first run."""
    lines = diary.read_text().splitlines() if diary.exists() else []
    words = [line.split(" ", 1) for line in lines]
    return Counter((word, name) for word, name in words)

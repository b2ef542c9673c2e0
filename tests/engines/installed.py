"""Real models and libraries, installed once by the command that users have, into `.bench/models`.

A folder that JOBMILL_MODELS names is used instead when it has them.
"""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from jobmill.adapters.models import ModelFolder, ModelState, find_entry

HOME = Path(__file__).parents[2] / ".bench" / "models"


class ModelsMissing(Exception):
    """They cannot be installed here; the message is the command's."""


@cache
def installed(*names: str) -> Path:
    """The folder with the models of these names and their libraries. Raises ModelsMissing."""
    given = os.environ.get("JOBMILL_MODELS")
    if given and _has_all(Path(given), names):
        return Path(given)
    for name in names:
        command = [sys.executable, "-m", "jobmill.cli", "models", "install", name]
        done = subprocess.run([*command, "--to", str(HOME)], capture_output=True, text=True)
        if done.returncode:
            raise ModelsMissing(f"{name} cannot be installed: {done.stderr.strip()}")
    return HOME


def _has_all(folder: Path, names: tuple[str, ...]) -> bool:
    models = ModelFolder(folder)
    states = [models.state(find_entry(name)) for name in names]
    return all(state in (ModelState.INSTALLED, ModelState.OWN) for state in states)

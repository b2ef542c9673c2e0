"""Engines as local processes: warm hosts behind a shim that limits them and ends them for sure."""

from jobmill.adapters.subprocess.protections import Protection, probe
from jobmill.adapters.subprocess.records import SweptProcess, sweep
from jobmill.adapters.subprocess.runner import SubprocessRunner

__all__ = ["Protection", "SubprocessRunner", "SweptProcess", "probe", "sweep"]

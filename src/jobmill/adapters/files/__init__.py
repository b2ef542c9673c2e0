"""Files that lie on this machine."""

from jobmill.adapters.files.roots import LocalMediaRoots
from jobmill.adapters.files.walk import StatWalk

__all__ = ["LocalMediaRoots", "StatWalk"]

"""Files that lie on this machine."""

from jobmill.adapters.files.roots import LocalMediaRoots

__all__ = ["LocalMediaRoots"]

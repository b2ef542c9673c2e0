"""Where bytes are kept."""

from jobmill.adapters.blobs.local import LocalBlobStore

__all__ = ["LocalBlobStore"]

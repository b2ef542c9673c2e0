"""Where bytes are kept."""

from jobmill.adapters.blobs.local import LocalBlobStore
from jobmill.adapters.blobs.spool import LocalUploadSpool

__all__ = ["LocalBlobStore", "LocalUploadSpool"]

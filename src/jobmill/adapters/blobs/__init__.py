"""Where bytes are kept. `s3` is imported only where it is used."""

from jobmill.adapters.blobs.local import LocalBlobStore
from jobmill.adapters.blobs.spool import LocalUploadSpool

__all__ = ["LocalBlobStore", "LocalUploadSpool"]

"""Where bytes are kept."""

from jobmill.adapters.blobs.local import LocalBlobStore
from jobmill.adapters.blobs.s3 import S3BlobStore, open_bucket
from jobmill.adapters.blobs.spool import LocalUploadSpool

__all__ = ["LocalBlobStore", "LocalUploadSpool", "S3BlobStore", "open_bucket"]

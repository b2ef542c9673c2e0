"""Uploads that may be cut and go on: announced, sent in pieces, finished or given up."""

from jobmill.core.uploads.model import Upload
from jobmill.core.uploads.ports import SpoolFile, UploadSpool, UploadStore
from jobmill.core.uploads.service import finish_upload, get_upload, give_up_upload, open_upload

__all__ = [
    "SpoolFile",
    "Upload",
    "UploadSpool",
    "UploadStore",
    "finish_upload",
    "get_upload",
    "give_up_upload",
    "open_upload",
]

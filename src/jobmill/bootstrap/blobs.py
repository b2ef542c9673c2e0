"""Which blob store the settings name: the data folder, or a bucket."""

import os
from urllib.parse import urlsplit

from jobmill.adapters.blobs import LocalBlobStore
from jobmill.adapters.locks import DataFolder
from jobmill.config import SettingInvalid, Settings
from jobmill.core.items import BlobStore


def check_blobs(settings: Settings) -> None:
    """Raise SettingInvalid for an address that is none."""
    if not settings.blobs:
        return
    parts = urlsplit(settings.blobs)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
        raise SettingInvalid(
            "JOBMILL_BLOBS",
            settings.blobs,
            "s3://bucket/prefix; address, region and keys come from the AWS_* variables",
        )


def open_blobs(settings: Settings, folder: DataFolder) -> BlobStore:
    """The store. A bucket is not asked anything before the first use."""
    if not settings.blobs:
        return LocalBlobStore(folder.blobs)
    from jobmill.adapters.blobs.s3 import S3BlobStore, open_bucket

    bucket = open_bucket(settings.blobs, os.environ)
    return S3BlobStore(bucket, folder.blob_cache, settings.blob_cache)

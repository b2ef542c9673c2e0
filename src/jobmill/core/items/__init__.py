"""Bytes and their names: blobs, assets, and items that hold assets in roles."""

from jobmill.core.items.model import Asset, AssetSource, AssetState, Blob, Item, ItemKind
from jobmill.core.items.ports import (
    AssetStore,
    BlobStore,
    Fetched,
    Fetcher,
    ItemStore,
    MediaRoots,
    StoredBytes,
)

__all__ = [
    "Asset",
    "AssetSource",
    "AssetState",
    "AssetStore",
    "Blob",
    "BlobStore",
    "Fetched",
    "Fetcher",
    "Item",
    "ItemKind",
    "ItemStore",
    "MediaRoots",
    "StoredBytes",
]

"""Bytes and their names: blobs, assets, and items that hold assets in roles."""

from jobmill.core.items.model import Asset, AssetSource, AssetState, Blob, Item, ItemKind
from jobmill.core.items.ports import (
    AssetStore,
    AssetUses,
    BlobStore,
    Fetched,
    Fetcher,
    ItemStore,
    MediaRoots,
    StoredBytes,
)
from jobmill.core.items.service import add_upload, delete_asset, get_asset

__all__ = [
    "Asset",
    "AssetSource",
    "AssetState",
    "AssetStore",
    "AssetUses",
    "Blob",
    "BlobStore",
    "Fetched",
    "Fetcher",
    "Item",
    "ItemKind",
    "ItemStore",
    "MediaRoots",
    "StoredBytes",
    "add_upload",
    "delete_asset",
    "get_asset",
]

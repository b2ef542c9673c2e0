"""Bytes and their names: blobs, assets, and items that hold assets in roles."""

from jobmill.core.items.asset_ports import AssetQuery, AssetStore, AssetUses
from jobmill.core.items.links import Link, LinkMethod, sign_link, verify_link
from jobmill.core.items.model import Asset, AssetSource, AssetState, Blob, Item, ItemKind
from jobmill.core.items.paths import data_path, is_data_path, name_of
from jobmill.core.items.ports import (
    BlobStore,
    Fetched,
    Fetcher,
    Fetching,
    ItemStore,
    MediaRoots,
    Receiving,
    StoredBytes,
)
from jobmill.core.items.service import (
    Naming,
    add_upload,
    await_bytes,
    delete_asset,
    fill_by_link,
    list_assets,
    list_versions,
    named_asset,
    owned_asset,
    purge_asset,
    visible_asset,
)

__all__ = [
    "Asset",
    "AssetQuery",
    "AssetSource",
    "AssetState",
    "AssetStore",
    "AssetUses",
    "Blob",
    "BlobStore",
    "Fetched",
    "Fetcher",
    "Fetching",
    "Item",
    "ItemKind",
    "ItemStore",
    "Link",
    "LinkMethod",
    "MediaRoots",
    "Naming",
    "Receiving",
    "StoredBytes",
    "add_upload",
    "await_bytes",
    "data_path",
    "delete_asset",
    "fill_by_link",
    "is_data_path",
    "list_assets",
    "list_versions",
    "name_of",
    "named_asset",
    "owned_asset",
    "purge_asset",
    "sign_link",
    "verify_link",
    "visible_asset",
]

"""Use cases on assets: see, add bytes, sign links, purge, delete. Every lookup is in `access`."""

from jobmill.core.items.service.access import list_assets, list_versions, visible_asset
from jobmill.core.items.service.remove_asset import delete_asset, purge_asset
from jobmill.core.items.service.store_bytes import (
    Naming,
    add_upload,
    await_bytes,
    fill_by_link,
    named_asset,
)

__all__ = [
    "Naming",
    "add_upload",
    "await_bytes",
    "delete_asset",
    "fill_by_link",
    "list_assets",
    "list_versions",
    "named_asset",
    "purge_asset",
    "visible_asset",
]

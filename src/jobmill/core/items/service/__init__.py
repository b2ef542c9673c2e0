"""Use cases on assets: list, add bytes, purge, delete. Lookups are in `core/items/access.py`."""

from jobmill.core.items.access import owned_asset, visible_asset
from jobmill.core.items.service.list_assets import count_assets, list_assets, list_versions
from jobmill.core.items.service.remove_asset import (
    delete_asset,
    purge_asset,
    retire_assets,
)
from jobmill.core.items.service.store_bytes import (
    Naming,
    add_upload,
    await_bytes,
    fill_by_link,
    named_asset,
    note_extras,
)

__all__ = [
    "Naming",
    "add_upload",
    "await_bytes",
    "count_assets",
    "delete_asset",
    "fill_by_link",
    "list_assets",
    "list_versions",
    "named_asset",
    "note_extras",
    "owned_asset",
    "purge_asset",
    "retire_assets",
    "visible_asset",
]

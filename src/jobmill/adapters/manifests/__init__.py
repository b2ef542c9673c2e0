"""Finds engines by their `engine.toml`; starts and imports none of them."""

from jobmill.adapters.manifests.catalog import FolderCatalog

__all__ = ["FolderCatalog"]

"""Documents as the vendor shows them: assets of ours."""

from typing import Any
from urllib.parse import quote

from jobmill.core.accounts import User
from jobmill.core.items import Asset
from jobmill.dialects.innodata.mapping.accounts import user_document


def contents_uri(base: str, asset: Asset) -> str:
    """Where a document's bytes are fetched and updated."""
    return f"{base}/documents/{quote(asset.handle)}/contents"


def document(base: str, asset: Asset, owner: User | None) -> dict[str, Any]:
    """A document."""
    return {
        "id": asset.handle,
        "name": asset.name,
        "type": asset.media_type,
        "size": asset.facts.size if asset.facts else None,
        "owner": None if owner is None else user_document(owner),
        "contents_uri": contents_uri(base, asset),
    }

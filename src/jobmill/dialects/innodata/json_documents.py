"""JSON documents that a request names instead of holding them: taxonomies, and edited documents."""

import json
from collections.abc import Mapping
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.errors import InvalidInput, JobmillError
from jobmill.core.items import (
    Asset,
    AssetQuery,
    AssetSource,
    AssetState,
    list_assets,
    visible_asset,
)
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.innodata.mapping.reading import document_id, wrong
from jobmill.http.house import House
from jobmill.http.limits import JSON_CAP, parse_json

TAXONOMY_CAP = 950_000
"""A taxonomy travels to its engine in one message of the engines' protocol, of a MiB at most."""
SAME_NAME = 100


async def read_taxonomies(
    house: House, who: Principal, wanted: Mapping[str, Any]
) -> dict[str, Any]:
    """The documents behind the fields, by field. Raises InvalidInput, naming the field."""
    found = {}
    for name, said in wanted.items():
        inline = isinstance(said, Mapping)
        found[name] = said if inline else await json_document(house, who, name, said)
        if len(json.dumps(found[name])) > TAXONOMY_CAP:
            raise wrong(name, f"a taxonomy has {TAXONOMY_CAP} bytes of JSON at most")
    return found


async def json_document(house: House, who: Principal, field: str, said: Any) -> Mapping[str, Any]:
    """The object in a document, by address, id or name. Raises InvalidInput."""
    if not isinstance(said, str) or not said.strip():
        raise wrong(field, "give the name, the id or the contents_uri of an uploaded document")
    asset = await house.database.read(lambda work: _asset(work, who, field, said.strip()))
    if asset.blob is None:
        raise wrong(field, f"the bytes of {said!r} are not there")
    if asset.blob.size > JSON_CAP:
        raise wrong(field, f"the document has more than {JSON_CAP} bytes, the most allowed here")
    pieces = await house.blobs.read(asset.organization, asset.blob.sha256)
    body = b"".join([piece async for piece in pieces])
    try:
        found = parse_json(body)
    except InvalidInput:
        raise wrong(field, f"{said!r} is not a JSON document") from None
    if not isinstance(found, Mapping):
        raise wrong(field, f"{said!r} is not a JSON object")
    return found


def _asset(work: UnitOfWork, who: Principal, field: str, said: str) -> Asset:
    """The document of this address or id, else the newest of this name: the caller's own, or one
    that the caller sees."""
    ident = document_id(said)
    try:
        if ident is not None or "://" in said:
            return visible_asset(work.assets, who, ident or said)
    except JobmillError:
        raise _missing(field, said) from None
    named = AssetQuery(
        who.organization,
        name=said,
        states=(AssetState.READY,),
        sources=(AssetSource.UPLOAD,),
        limit=SAME_NAME,
    )
    found = list_assets(work.assets, who, named)
    if not found:
        raise _missing(field, said)
    return next((asset for asset in found if asset.owner == who.user), found[0])


def _missing(field: str, said: str) -> InvalidInput:
    fix = f"there is no document {said!r}; upload it with POST /documents and this X-Name"
    return wrong(field, fix)

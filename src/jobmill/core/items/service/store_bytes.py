"""Bytes that have arrived get their name: a new asset, the one that awaits them, or a version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal, Right
from jobmill.core.errors import AssetNotFound, LinkUsed, NameTaken, SizeMismatch
from jobmill.core.items.access import owned_asset, owns_asset
from jobmill.core.items.asset_ports import AssetStore
from jobmill.core.items.links import Link
from jobmill.core.items.model import Asset, AssetSource, AssetState, Blob
from jobmill.core.items.ports import StoredBytes


@dataclass(frozen=True, slots=True)
class Naming:
    """What an upload is to be called. `asset` (an id) or `path` may name one that exists; a new one
    goes at `retain_until`, and has these `extras`."""

    name: str
    media_type: str
    path: str | None = None
    asset: str | None = None
    retain_until: datetime | None = None
    extras: Mapping[str, Any] | None = None


def await_bytes(
    assets: AssetStore,
    who: Principal,
    naming: Naming,
    size: int | None,
    now: datetime,
) -> Asset:
    """Make an asset before its bytes. Raises NameTaken when one is at the path already."""
    who.require(Right.ASSETS_WRITE)
    if naming.path is not None and assets.by_path(who.organization, naming.path) is not None:
        raise NameTaken(
            f"There is an asset at data://{naming.path}; upload a version of it.", field="path"
        )
    return assets.add(
        who.organization,
        naming.name,
        naming.media_type,
        AssetSource.UPLOAD,
        AssetState.AWAITING,
        now,
        owner=who.user,
        path=naming.path,
        declared_size=size,
        extras=naming.extras,
    )


def note_extras(
    assets: AssetStore, who: Principal, asset: str, dialect: str, kept: Mapping[str, Any]
) -> Asset:
    """Write what a dialect keeps of an asset of the caller's, in place of what it kept before."""
    found = owned_asset(assets, who, asset)
    changed = replace(found, extras={**found.extras, dialect: kept})
    assets.note_extras(changed.handle, changed.extras)
    return changed


def add_upload(
    assets: AssetStore, who: Principal, naming: Naming, stored: StoredBytes, now: datetime
) -> Asset:
    """Give stored bytes their name. What exists under the id or the path gets a version.

    Raises AssetNotFound, NameTaken, SizeMismatch.
    """
    known = named_asset(assets, who, naming)
    if known is not None:
        return new_version(assets, known, naming, stored, now)
    return assets.add(
        who.organization,
        naming.name,
        naming.media_type,
        AssetSource.UPLOAD,
        AssetState.READY,
        now,
        blob=Blob(stored.sha256, stored.size),
        owner=who.user,
        path=naming.path,
        retain_until=naming.retain_until,
        extras=naming.extras,
    )


def named_asset(assets: AssetStore, who: Principal, naming: Naming) -> Asset | None:
    """The asset that bytes of this naming belong to, if it exists already."""
    if naming.asset is not None:
        return owned_asset(assets, who, naming.asset)
    who.require(Right.ASSETS_WRITE)
    if naming.path is None:
        return None
    known = assets.by_path(who.organization, naming.path)
    if known is not None and not owns_asset(who, known):
        raise NameTaken(f"data://{naming.path} is taken; choose another path.", field="path")
    return known


def new_version(
    assets: AssetStore, known: Asset, naming: Naming, stored: StoredBytes, now: datetime
) -> Asset:
    """The bytes become what is awaited, or else the next version; equal bytes change nothing."""
    blob = Blob(stored.sha256, stored.size)
    if known.state is AssetState.AWAITING:
        if known.declared_size is not None and known.declared_size != stored.size:
            raise SizeMismatch(
                f"{known.declared_size} bytes were declared, and {stored.size} came."
            )
        assets.attach_blob(known.number, blob, naming.media_type)
        return assets.get(known.number) or known
    if known.blob == blob:
        return known
    return assets.add_version(known, naming.name, naming.media_type, now, blob)


def fill_by_link(
    assets: AssetStore,
    link: Link,
    media_type: str | None,
    stored: StoredBytes,
    now: datetime,
) -> Asset:
    """Bytes sent to a verified link, which stands for one version: the same may be sent twice.

    Raises LinkUsed for others, AssetNotFound when the asset is gone, SizeMismatch.
    """
    known = assets.by_id(link.organization, link.asset)
    if known is None:
        raise AssetNotFound("The asset of this link has been deleted.")
    if known.version >= link.version and known.state is not AssetState.AWAITING:
        there = assets.version(link.organization, link.asset, link.version)
        if there is not None and there.blob == Blob(stored.sha256, stored.size):
            return there
        raise LinkUsed
    naming = Naming(known.name, media_type or known.media_type)
    return new_version(assets, known, naming, stored, now)

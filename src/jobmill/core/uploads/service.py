"""Use cases on uploads: open, look up, note progress, finish, give up."""

from datetime import datetime, timedelta

from jobmill.core.accounts import Principal, Right
from jobmill.core.errors import SizeMismatch, TooLarge, UploadNotFound
from jobmill.core.ids import AssetId, new_id
from jobmill.core.items import (
    Asset,
    AssetState,
    AssetStore,
    Naming,
    StoredBytes,
    add_upload,
    await_bytes,
    named_asset,
)
from jobmill.core.uploads.model import Upload
from jobmill.core.uploads.ports import UploadStore

# An upload may rest so long; each byte that comes starts the time anew.
REST = timedelta(hours=24)
# A finished one is still shown so long, to a client that missed the answer.
SHOWN = timedelta(hours=1)


def open_upload(
    uploads: UploadStore,
    assets: AssetStore,
    who: Principal,
    naming: Naming,
    size: int,
    metadata: str,
    cap: int,
    now: datetime,
) -> Upload:
    """Announce so many bytes. A new asset is made at once and awaits them; one that is named by
    id or path and has bytes gets a version when all have come.

    Raises TooLarge beyond `cap`, AssetNotFound, NameTaken.
    """
    who.require(Right.ASSETS_WRITE)
    if size > cap:
        raise TooLarge(f"{size} bytes are more than {cap}, the most allowed here.")
    known = named_asset(assets, who, naming)
    declared = known.declared_size if known and known.state is AssetState.AWAITING else None
    if declared is not None and declared != size:
        raise SizeMismatch(f"The asset awaits {declared} bytes, not {size}.")
    asset = known or await_bytes(assets, who, naming, size, now)
    upload = Upload(
        id=new_id(),
        organization=who.organization,
        user=who.user,
        size=size,
        naming=naming,
        asset=asset.handle,
        asset_waits=known is None,
        metadata=metadata,
        created_at=now,
        expires_at=now + REST,
    )
    uploads.add(upload)
    return upload


def get_upload(uploads: UploadStore, who: Principal, id: str, now: datetime) -> Upload:  # noqa: A002
    """The caller's own upload. Raises UploadNotFound, also when its time is over."""
    who.require(Right.ASSETS_WRITE)
    found = uploads.get(who.organization, id)
    if found is None or found.user != who.user or found.expires_at <= now:
        raise UploadNotFound
    return found


def finish_upload(
    uploads: UploadStore,
    assets: AssetStore,
    who: Principal,
    upload: Upload,
    stored: StoredBytes,
    now: datetime,
) -> Asset:
    """All bytes are stored: give them to the asset. Raises AssetNotFound when it is gone."""
    naming = upload.naming
    target = Naming(naming.name, naming.media_type, naming.path, upload.asset)
    asset = add_upload(assets, who, target, stored, now)
    uploads.finish(upload.id, AssetId(asset.handle), now)
    uploads.extend(upload.id, now + SHOWN)
    return asset


def give_up_upload(uploads: UploadStore, assets: AssetStore, upload: Upload) -> None:
    """End an upload; an asset that only awaited its bytes goes, unless a job names it."""
    uploads.remove(upload.id)
    if upload.done_at is not None or not upload.asset_waits or upload.asset is None:
        return
    asset = assets.by_id(upload.organization, upload.asset)
    if asset is not None and asset.state is AssetState.AWAITING:
        assets.remove(asset.number)

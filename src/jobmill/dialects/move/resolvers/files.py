"""Files: assets, which exist before their bytes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobmill.core.errors import AssetNotFound, AssetNotReady
from jobmill.core.items import (
    Asset,
    AssetSource,
    AssetState,
    Link,
    LinkMethod,
    await_bytes,
    note_extras,
    share_code,
    visible_asset,
)
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.move.call import Call
from jobmill.dialects.move.mapping.create_job import DIALECT
from jobmill.dialects.move.mapping.files import kept_of, name_of, naming_from, type_of
from jobmill.dialects.move.mapping.ids import FILE, id_of, uuid_from
from jobmill.dialects.move.resolvers.client import client_of

SHARED_FOR = timedelta(days=7)
DOWNLOAD = "/ugc/file/download"


@dataclass(frozen=True, slots=True)
class SeenFile:
    """An asset, and the role that it has in the list that it is shown in."""

    asset: Asset
    role: str | None = None


def file_named(work: UnitOfWork, call: Call, text: str) -> Asset:
    """The file of an id. Raises AssetNotFound."""
    handle = uuid_from(FILE, text)
    if handle is None:
        raise AssetNotFound(f"There is no file {text!r}.")
    return visible_asset(work.assets, call.who, handle)


def seen_file(work: UnitOfWork, asset: Asset) -> SeenFile:
    """A file by itself: what engines made says what it is by its role."""
    held = work.items.holding(asset.number) if asset.source is AssetSource.TASK else None
    return SeenFile(asset, None if held is None else held.role)


def get_file(source: Any, call: Call, fileId: str) -> SeenFile:  # noqa: N803
    """A file."""
    call.spend(1)
    return seen_file(call.work, file_named(call.work, call, fileId))


async def create_file(
    call: Call,
    type: str,  # noqa: A002
    metadata: Any = None,
    name: str | None = None,
) -> SeenFile:
    """A file without bytes."""
    naming, who = naming_from(type, name, metadata), call.who
    return SeenFile(
        await call.house.database.write(
            lambda work: await_bytes(work.assets, who, naming, None, call.now)
        )
    )


async def update_file(
    call: Call,
    id: str,  # noqa: A002
    metadata: Any = None,
    name: str | None = None,
) -> SeenFile:
    """Change what is said of a file; what is null stays."""
    told = {
        key: value for key, value in (("metadata", metadata), ("name", name)) if value is not None
    }

    def change(work: UnitOfWork) -> SeenFile:
        found = file_named(work, call, id)
        seen = seen_file(work, found)
        kept = {"name": name_of(found), **kept_of(found), **told}
        if "type" not in kept:
            kept["type"] = type_of(found, seen.role)
        changed = note_extras(work.assets, call.who, found.handle, DIALECT, kept)
        return SeenFile(changed, seen.role)

    return await call.house.database.write(change)


async def generate_share_code(call: Call, fileId: str) -> dict[str, Any]:  # noqa: N803
    """A code by which anybody can get a file for a week."""

    def find(work: UnitOfWork) -> SeenFile:
        return seen_file(work, file_named(work, call, fileId))

    seen = await call.house.database.read(find)
    asset = seen.asset
    if asset.blob is None and asset.source is AssetSource.UPLOAD:
        raise AssetNotReady("The file has no bytes that could be shared; upload them first.")
    ends: datetime = (call.now + SHARED_FOR).replace(microsecond=0)
    link = Link(LinkMethod.GET, asset.organization, asset.handle, asset.version, ends)
    code = share_code(link, call.house.link_secret)
    url = f"{call.base}{DOWNLOAD}?code={code}"
    return {"code": code, "created": call.now, "expires": ends, "file": seen, "url": url}


def _presigned(seen: SeenFile, call: Call) -> str:
    """Never null: where the bytes go as long as they are awaited, where they are from then on."""
    asset = seen.asset
    awaited = asset.state is AssetState.AWAITING and asset.source is AssetSource.UPLOAD
    return call.signed(asset, LinkMethod.PUT if awaited else LinkMethod.GET)


def _metadata(seen: SeenFile, call: Call) -> Any:
    found = kept_of(seen.asset).get("metadata")
    return {} if found is None else found


FILE_FIELDS: dict[str, Any] = {
    "id": lambda seen, call: id_of(FILE, seen.asset.handle),
    "client": client_of,
    "created": lambda seen, call: seen.asset.created_at,
    "metadata": _metadata,
    "name": lambda seen, call: name_of(seen.asset),
    "presignedUrl": _presigned,
    "thumbnailUrl": lambda seen, call: None,
    "type": lambda seen, call: type_of(seen.asset, seen.role),
}
RESOLVERS: dict[str, dict[str, Any]] = {"Query": {"getFile": get_file}, "File": FILE_FIELDS}
ACTIONS = {
    "createFile": create_file,
    "updateFile": update_file,
    "generateShareCode": generate_share_code,
}

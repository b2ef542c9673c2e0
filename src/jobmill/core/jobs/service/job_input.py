"""What a job works on, from the words of a request to an asset."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.engines import EngineCatalog
from jobmill.core.errors import AssetNotFound, AssetNotReady, AssetPurged, InvalidInput
from jobmill.core.items import (
    Asset,
    AssetSource,
    AssetState,
    Fetcher,
    MediaRoots,
    is_data_path,
    name_in_address,
    visible_asset,
)
from jobmill.core.items.media_types import guessed_type
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.webhooks.service import Mailroom
from jobmill.core.webhooks.service.endpoints import CLOSED_MAILROOM


@dataclass(frozen=True, slots=True)
class JobInput:
    """What a job works on: exactly one of a path under a media root, a URL, an asset, or JSON.

    An asset is named by its id, or as a path or asset by `data://folder/name`.
    """

    path: str | None = None
    url: str | None = None
    asset: str | None = None
    json: Any = None

    @property
    def alone(self) -> bool:
        """Whether it is JSON, and nothing beside it."""
        return self.path is None and self.url is None and self.asset is None

    def given(self) -> dict[str, Any]:
        """The one that was given, as `{kind: value}`."""
        if self.json is not None and self.alone:
            return {"json": self.json}
        every = {"path": self.path, "url": self.url, "asset": self.asset, "json": self.json}
        return {key: value for key, value in every.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Outside:
    """What submitting needs beside the database."""

    catalog: EngineCatalog
    roots: MediaRoots
    fetcher: Fetcher
    mailroom: Mailroom = CLOSED_MAILROOM


def asset_for(
    work: UnitOfWork,
    outside: Outside,
    who: Principal,
    job_input: JobInput,
    now: datetime,
    *,
    must_exist: bool = True,
    where: str = "input",
) -> Asset | None:
    """The asset that the input names or makes; JSON stays in the job itself."""
    given = job_input.given()
    if len(given) != 1:
        raise InvalidInput(f"{where}: give exactly one of path, url, asset or json.", field=where)
    ((kind, value),) = given.items()
    if kind == "asset" or (kind == "path" and is_data_path(value)):
        return _existing_asset(work, who, value, f"{where}.{kind}", must_exist=must_exist)
    if kind == "path":
        with _about(f"{where}.path"):
            place = outside.roots.locate(who.organization, value)
            if must_exist:
                outside.roots.open_path(who.organization, value)
        return _outside_asset(work, who, AssetSource.PATH, value, place.name, AssetState.READY, now)
    if kind == "url":
        with _about(f"{where}.url"):
            outside.fetcher.check(value)
        name = name_in_address(value)
        return _outside_asset(work, who, AssetSource.URL, value, name, AssetState.AWAITING, now)
    return None


@contextmanager
def _about(field: str) -> Iterator[None]:
    """Name the field of a refusal that comes from outside, where nobody knows of fields."""
    try:
        yield
    except InvalidInput as refusal:
        refusal.field = refusal.field or field
        raise


def _existing_asset(
    work: UnitOfWork, who: Principal, name: str, field: str, *, must_exist: bool
) -> Asset:
    """The version that is current now: the job keeps to it. Bytes that need not be there yet are
    missed when the job starts."""
    try:
        asset = visible_asset(work.assets, who, name)
    except AssetNotFound:
        raise AssetNotFound(f"{field}: there is no asset {name!r}.", field=field) from None
    if asset.state is AssetState.PURGED:
        raise AssetPurged(f"{field}: its bytes have been removed.", field=field)
    coming = asset.source is AssetSource.URL or not must_exist
    if asset.state is AssetState.AWAITING and not coming:
        raise AssetNotReady(f"{field}: its bytes have not arrived yet; upload them.", field=field)
    return asset


def _outside_asset(
    work: UnitOfWork,
    who: Principal,
    source: AssetSource,
    location: str,
    name: str,
    state: AssetState,
    now: datetime,
) -> Asset:
    media_type = guessed_type(name) or "application/octet-stream"
    return work.assets.add(
        who.organization,
        name,
        media_type,
        source,
        state,
        now,
        location=location,
        owner=who.user,
    )

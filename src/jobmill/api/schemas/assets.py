"""Assets, their versions and their links, as they are sent and shown."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.shared import Answer, Body, Page, PageQuery, Time
from jobmill.core.items import Asset as CoreAsset
from jobmill.core.items import AssetSource, AssetState, LinkMethod
from jobmill.core.items.paths import PATH_LIMIT, SCHEME

HOUR, WEEK = 3600, 7 * 24 * 3600
MAX_NUMBER = 2**31 - 1
DataPath = Annotated[str, StringConstraints(min_length=1, max_length=PATH_LIMIT + len(SCHEME))]
_EXPIRES_IN = Field(
    HOUR, strict=True, ge=1, le=WEEK, description="Seconds that the link is good for."
)
_PLACE = "Its place, as `data://folder/name`."


class Asset(Answer):
    """A named handle on bytes, at one version."""

    id: str = Field(description="The same for all versions.")
    name: str
    media_type: str
    size: int | None
    sha256: str | None = Field(description="Kept, like the size, when the bytes are purged.")
    state: AssetState
    source: AssetSource
    version: int
    path: str | None = Field(description="Its place, `data://folder/name`.")
    declared_size: int | None = Field(description="So many bytes may come, where that was said.")
    created_at: Time
    content: str = Field(description="Where its bytes are.")

    @classmethod
    def of(cls, asset: CoreAsset, *, pinned: bool = False) -> "Asset":
        """With `pinned`, `content` stays with this version."""
        facts = asset.facts
        query = f"?version={asset.version}" if pinned else ""
        return cls(
            id=asset.handle,
            name=asset.name,
            media_type=asset.media_type,
            size=facts.size if facts else None,
            sha256=facts.sha256 if facts else None,
            state=asset.state,
            source=asset.source,
            version=asset.version,
            path=None if asset.path is None else SCHEME + asset.path,
            declared_size=asset.declared_size,
            created_at=asset.created_at,
            content=f"{PREFIX}/assets/{asset.handle}/content{query}",
        )


class AssetPage(Page[Asset]):
    """Assets, or versions of one, newest first."""


class AssetsQuery(PageQuery):
    """Which assets."""

    path: DataPath | None = Field(None, description="The asset at this place.")
    folder: DataPath | None = Field(None, description="Assets below this place.")
    state: list[AssetState] = Field([], max_length=10, description="Any of these states.")
    source: list[AssetSource] = Field([], max_length=10, description="From any of these.")


class VersionsQuery(PageQuery):
    """Which versions."""


class PurgeAsset(Body):
    """What to purge: all versions, or one."""

    version: int | None = Field(None, strict=True, ge=1, le=MAX_NUMBER)


class AwaitAsset(Body):
    """An asset whose bytes will come later."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "talk.mp4", "size": 1048576}]}
    )

    name: str | None = Field(None, min_length=1, max_length=255)
    media_type: str | None = Field(None, max_length=200, description="Guessed from the name.")
    size: int | None = Field(
        None, strict=True, ge=0, le=2**60, description="So many bytes, no others."
    )
    path: DataPath | None = Field(None, description=_PLACE)
    expires_in: int = _EXPIRES_IN


class CreateLink(Body):
    """What a link is for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"method": "GET"}]})

    method: LinkMethod = LinkMethod.GET
    version: int | None = Field(
        None,
        strict=True,
        ge=1,
        le=MAX_NUMBER,
        description="The version to read; by default the present one.",
    )
    expires_in: int = _EXPIRES_IN


class AssetLink(Answer):
    """An address that needs no key."""

    method: LinkMethod
    url: str
    version: int = Field(description="The one version that it reads or writes.")
    expires_at: Time


class AwaitedAsset(Answer):
    """An asset that awaits its bytes, and where to PUT them."""

    asset: Asset
    upload: AssetLink

"""The entrance: what is served, and where."""

from importlib.metadata import version

from pydantic import Field

from jobmill.api.answers import problems
from jobmill.api.route import Caller, native_router
from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.shared import Answer

router = native_router("index")
_COLLECTIONS = ("jobs", "assets", "engines", "features", "pipelines", "endpoints", "workers")
_ACCOUNTS = ("organizations", "users", "teams", "keys", "me")


class Index(Answer):
    """What this server is, and its collections."""

    name: str
    version: str
    user: str = Field(description="As whom the key acts.")
    rights: list[str]
    links: dict[str, str]


@router.get("", summary="Index", responses=problems())
async def read_index(who: Caller) -> Index:
    """Says who you are, and where everything is."""
    links = {name: f"{PREFIX}/{name}" for name in (*_COLLECTIONS, *_ACCOUNTS)}
    return Index(
        name="jobmill",
        version=version("jobmill"),
        user=who.user_name,
        rights=sorted(who.rights),
        links={**links, "openapi": "/openapi.json"},
    )

"""Links that need no key: an HMAC-SHA-256 over everything that they allow, and until when.

Pure: the secret and the time are given. Nothing about a link is stored.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlencode

from jobmill.core.errors import LinkExpired, LinkInvalid
from jobmill.core.ids import AssetId, OrganizationNumber

_KIND = "jobmill-link-1"


class LinkMethod(StrEnum):
    """What a link is good for."""

    GET = "GET"
    PUT = "PUT"


@dataclass(frozen=True, slots=True)
class Link:
    """One version of one asset may be read, or written, until a time (whole seconds)."""

    method: LinkMethod
    organization: OrganizationNumber
    asset: AssetId
    version: int
    expires_at: datetime


def sign_link(link: Link, secret: bytes) -> str:
    """The query of the link's address; the asset itself stands in the path."""
    expires = int(link.expires_at.timestamp())
    fields = {
        "method": link.method.value,
        "org": str(link.organization),
        "version": str(link.version),
        "expires": str(expires),
    }
    return urlencode({**fields, "signature": _signature(link.asset, fields, secret)})


def verify_link(
    method: str, asset: str, query: Mapping[str, str], secret: bytes, now: datetime
) -> Link:
    """The link of a request. Raises LinkInvalid when anything was changed, then LinkExpired."""
    fields = {name: query.get(name, "") for name in ("method", "org", "version", "expires")}
    expected = _signature(AssetId(asset), fields, secret)
    if not hmac.compare_digest(query.get("signature", "").encode(), expected.encode()):
        raise LinkInvalid
    if fields["method"] != method:
        raise LinkInvalid(f"This link is for {fields['method']}, not for {method}.")
    # Signed by us, so the numbers are numbers.
    link = Link(
        LinkMethod(fields["method"]),
        OrganizationNumber(int(fields["org"])),
        AssetId(asset),
        int(fields["version"]),
        datetime.fromtimestamp(int(fields["expires"]), UTC),
    )
    if now >= link.expires_at:
        raise LinkExpired
    return link


def _signature(asset: AssetId, fields: Mapping[str, str], secret: bytes) -> str:
    # Line breaks cannot stand in a path or be mistaken: every field has one line of its own.
    text = "\n".join([_KIND, asset, *(f"{name}={value}" for name, value in fields.items())])
    return hmac.new(secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

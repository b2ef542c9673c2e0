"""Links that need no key: an HMAC-SHA-256 over everything that they allow, and until when.

Pure: the secret and the time are given. Nothing about a link is stored.
"""

import base64
import hashlib
import hmac
import struct
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlencode

from jobmill.core.errors import LinkExpired, LinkInvalid
from jobmill.core.ids import AssetId, OrganizationNumber

_KIND = "jobmill-link-1"
_CODE_KIND = b"jobmill-code-1\n"
_NUMBERS = struct.Struct(">QQI")
_MARK = 16


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


def share_code(link: Link, secret: bytes) -> str:
    """A link for reading as one word, which people can hand on; nothing of it is stored."""
    handle = uuid.UUID(link.asset).bytes
    numbers = (int(link.expires_at.timestamp()), link.organization, link.version)
    told = handle + _NUMBERS.pack(*numbers)
    return base64.urlsafe_b64encode(told + _code_mark(told, secret)).decode().rstrip("=")


def link_of_code(code: str, secret: bytes, now: datetime) -> Link:
    """The link behind a code. Raises LinkInvalid when anything was changed, then LinkExpired."""
    try:
        every = base64.urlsafe_b64decode(code.encode() + b"=" * (-len(code) % 4))
    except ValueError:
        raise LinkInvalid from None
    told, mark = every[:-_MARK], every[-_MARK:]
    right = len(told) == 16 + _NUMBERS.size
    if not right or not hmac.compare_digest(mark, _code_mark(told, secret)):
        raise LinkInvalid
    expires, organization, version = _NUMBERS.unpack(told[16:])
    link = Link(
        LinkMethod.GET,
        OrganizationNumber(organization),
        AssetId(str(uuid.UUID(bytes=told[:16]))),
        version,
        datetime.fromtimestamp(expires, UTC),
    )
    if now >= link.expires_at:
        raise LinkExpired
    return link


def _code_mark(told: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, _CODE_KIND + told, hashlib.sha256)[:_MARK]


def _signature(asset: AssetId, fields: Mapping[str, str], secret: bytes) -> str:
    # Line breaks cannot stand in a path or be mistaken: every field has one line of its own.
    text = "\n".join([_KIND, asset, *(f"{name}={value}" for name, value in fields.items())])
    return hmac.new(secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

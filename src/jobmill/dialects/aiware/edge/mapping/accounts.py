"""Users and tokens as Edge shows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jobmill.core.accounts import ApiKey, User
from jobmill.core.accounts.service.keys import NewKey
from jobmill.core.errors import InvalidInput
from jobmill.dialects.aiware.edge.mapping.reading import mapping, moment, text, word
from jobmill.dialects.aiware.mapping.times import text_of

TOKEN_TYPES = ("engine_instance", "host", "api", "user")
USUAL_NAME = "edge"


def user_detail(user: User, organization: str, now: datetime) -> dict[str, Any]:
    """A user who signs in."""
    found = {
        "userID": user.id,
        "userName": user.email or user.name,
        "displayName": user.name,
        "email": user.email,
        "internalOrganizationID": organization,
        "isSuperAdmin": False,
        "passwordChangeRequired": False,
        "status": "active" if user.active else "inactive",
        "createdDateTime": None if user.created_at is None else text_of(user.created_at),
        "lastLoggedIn": text_of(now),
    }
    return {key: value for key, value in found.items() if value is not None}


def new_key_from(body: Any) -> NewKey:
    """The key that a request for a token asks for. Raises InvalidInput."""
    token = mapping(mapping(body, "body").get("token") or {}, "token")
    kind = word(token, "type", "token.", TOKEN_TYPES) or "api"
    if kind not in ("api", "user"):
        raise InvalidInput(
            "token.type: write api; tokens of hosts and of engine instances are not given here.",
            field="token.type",
        )
    return NewKey(
        name=text(token, "name", "token.") or USUAL_NAME,
        user=text(token, "userID", "token."),
        expires_at=_expiration(token),
    )


def _expiration(token: Mapping[str, Any]) -> datetime | None:
    """Unix seconds; 0 is never."""
    return (
        None
        if token.get("expiration") in (None, 0, "0", "")
        else moment(token, "expiration", "token.")
    )


def token_detail(key: ApiKey, user: User, shown: str | None = None) -> dict[str, Any]:
    """A key. `tokenID` is what opens, when it was just made: the only time to read it."""
    found = {
        "tokenID": shown or key.id,
        "keyID": key.id,
        "name": key.name,
        "type": "api",
        "userID": user.id,
        "createdDateTime": text_of(key.created_at),
        "expiration": None if key.expires_at is None else text_of(key.expires_at),
        "revokedDateTime": None if key.revoked_at is None else text_of(key.revoked_at),
    }
    return {key: value for key, value in found.items() if value is not None}

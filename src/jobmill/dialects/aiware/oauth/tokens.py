"""The text of a token: a signed JWT that says whose it is and what it may do, as the vendor's.

It is valid because we keep its digest: signing out, or revoking the client's key, ends it at once.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime

from jobmill.core.accounts import Organization, User
from jobmill.core.accounts.service.sign_in import BEARER_LIFE
from jobmill.core.ids import new_id
from jobmill.dialects.aiware.mapping.rights import operations_of


def token_maker(
    secret: bytes, issuer: str, client: str, organization_of: Callable[[User], Organization | None]
) -> Callable[[User, tuple[str, ...], datetime], str]:
    """What writes tokens for one client. `secret` is the house's own; a key is derived from it."""
    key = hmac.new(secret, b"aiware-jwt", hashlib.sha256).digest()

    def make(user: User, rights: tuple[str, ...], now: datetime) -> str:
        # Loaded late: most servers never write one.
        from joserfc import jwt
        from joserfc.jwk import OctKey

        organization = organization_of(user)
        claims = {
            "userId": user.id,
            "userName": user.email or user.name,
            "contentApplicationId": client,
            "contentOrganizationId": user.organization,
            "contentOrganizationName": organization.name if organization else None,
            "originHost": issuer,
            "scope": [{"actions": [each.replace(".", ":") for each in operations_of(rights)]}],
            "iat": int(now.timestamp()),
            "exp": int((now + BEARER_LIFE).timestamp()),
            "sub": "oauth2",
            "jti": new_id(),
        }
        return jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, OctKey.import_key(key))

    return make

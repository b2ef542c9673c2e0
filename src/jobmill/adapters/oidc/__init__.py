"""Sign-in by OpenID Connect."""

from jobmill.adapters.oidc.provider import OidcProvider

__all__ = ["OidcProvider"]

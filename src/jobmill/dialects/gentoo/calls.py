"""What handlers of this dialect share: routes that answer errors, features offered, list limits."""

from starlette.requests import Request
from starlette.routing import Route

from jobmill.core.errors import InvalidInput
from jobmill.dialects.gentoo.errors import Handler, answering
from jobmill.http.house import House

LIMITS = range(1, 10**9)


def route(path: str, method: str, handler: Handler) -> Route:
    """A route whose errors are answered in the vendor's shape."""
    return Route(path, answering(handler), methods=[method])


def offered_by(house: House) -> frozenset[str]:
    """The features that installed engines offer now."""
    manifests = house.outside.catalog.manifests().values()
    return frozenset(feature.name for manifest in manifests for feature in manifest.features)


def limit_of(request: Request) -> int | None:
    """The `?limit=` of a list; None for all."""
    given = request.query_params.get("limit")
    if given is None:
        return None
    if not given.isdecimal() or len(given) > 9 or int(given) not in LIMITS:
        raise InvalidInput("limit: give a whole number from 1.", field="limit")
    return int(given)

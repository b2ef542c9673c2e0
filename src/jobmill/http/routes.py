"""Which route answers, for log lines and figures: its path as written, not as it was called."""

from starlette.routing import Match
from starlette.types import Scope


def route_path(scope: Scope) -> str | None:
    """The path of the route that a request was given to; None where there was none."""
    route = scope.get("route")
    if route is not None:
        return str(route.path)
    # The framework tells only of its own routes; of plain ones it leaves what they call.
    endpoint = scope.get("endpoint")
    if endpoint is None:
        return None
    same = (each for each in scope["app"].routes if getattr(each, "endpoint", None) is endpoint)
    return next((each.path for each in same if each.matches(scope)[0] is not Match.NONE), None)

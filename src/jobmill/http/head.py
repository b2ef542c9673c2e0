"""HEAD wherever there is GET (RFC 9110 §9.3.2), also on routes that know GET only.

The body is dropped here; handlers of streams ask `is_head` and begin none.
"""

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FLAG = "jobmill.head"


class HeadAsGet:
    """ASGI middleware for the paths below a prefix."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") != "HEAD" or not scope["path"].startswith(self._prefix):
            await self.app(scope, receive, send)
            return

        async def bodiless(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # A copy: the web server looks at its own scope to know that no body follows.
        await self.app({**scope, "method": "GET", _FLAG: True}, receive, bodiless)


def is_head(connection: HTTPConnection) -> bool:
    """Whether the caller wants no body."""
    return _FLAG in connection.scope or connection.scope.get("method") == "HEAD"

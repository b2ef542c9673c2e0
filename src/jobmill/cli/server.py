"""The web server as the command runs it: configured by our settings, and heard when ready."""

import socket
from collections.abc import Callable

import uvicorn

from jobmill.bootstrap import JobmillServer, create_app
from jobmill.config import Settings


class AnnouncedServer(JobmillServer):
    """Calls `ready` once requests are taken."""

    def __init__(self, settings: Settings, grace: int, ready: Callable[[], None]) -> None:
        self._ready = ready
        app = create_app(settings)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            lifespan="on",
            proxy_headers=False,
            timeout_graceful_shutdown=grace,
            ssl_certfile=settings.tls_cert,
            ssl_keyfile=settings.tls_key,
        )
        super().__init__(app, config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started:
            self._ready()

"""The web server's process: says when it is ready, and ends open streams before it stops."""

import socket
from collections.abc import Callable

import uvicorn

from jobmill.bootstrap import create_app
from jobmill.config import Settings


class JobmillServer(uvicorn.Server):
    """uvicorn with our app; `ready` is called once requests are taken."""

    def __init__(self, settings: Settings, grace: int, ready: Callable[[], None]) -> None:
        self._app = create_app(settings)
        self._ready = ready
        super().__init__(
            uvicorn.Config(
                self._app,
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
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.house.stopping.set()
        await super().shutdown(sockets)

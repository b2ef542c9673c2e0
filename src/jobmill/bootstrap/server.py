"""The web server around the app, which ends live streams when it is told to stop."""

import socket

import uvicorn
from fastapi import FastAPI

GRACE_SECONDS = 10


class JobmillServer(uvicorn.Server):
    """`run()` serves until a signal; requests under way get `GRACE_SECONDS` to end."""

    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        config.timeout_graceful_shutdown = config.timeout_graceful_shutdown or GRACE_SECONDS
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Streams have no end of their own: without this a stop would wait for them in vain."""
        self._app.state.house.stopping.set()
        await super().shutdown(sockets)

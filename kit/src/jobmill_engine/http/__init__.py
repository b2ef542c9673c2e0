"""Serve an `Engine` by HTTP, in the toolkit contract: `GET /ready`, `POST /process`, webhooks.

Standard library only. `serve_http(MyEngine, port=8080)` is all that a service needs.
"""

from jobmill_engine.http.server import EngineServer, serve_http

__all__ = ["EngineServer", "serve_http"]

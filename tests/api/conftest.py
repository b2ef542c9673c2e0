"""The servers of the http ring's tests."""

from tests.http.conftest import gate, idle, server

__all__ = ["gate", "idle", "server"]

"""`jobmill demo`: sample media, a server, real jobs, and what was found beside what was put in."""

from jobmill.cli.demo.command import demo

__all__ = ["demo"]

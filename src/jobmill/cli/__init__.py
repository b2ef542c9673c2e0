"""`jobmill …`: the server, the worker, and everything a person does with jobs."""

from jobmill.cli.main import main

__all__ = ["main"]

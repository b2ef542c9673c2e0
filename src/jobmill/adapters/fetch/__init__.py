"""Bytes from addresses, through one guard."""

from jobmill.adapters.fetch.fetcher import GuardedFetcher

__all__ = ["GuardedFetcher"]

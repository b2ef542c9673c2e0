"""Bytes from addresses, through one guard."""

from jobmill.adapters.fetch.fetcher import GuardedFetcher
from jobmill.adapters.fetch.poster import GuardedPoster

__all__ = ["GuardedFetcher", "GuardedPoster"]

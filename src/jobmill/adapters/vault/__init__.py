"""Secrets unreadable at rest: sealed with a key that lies in a file of the data folder."""

from jobmill.adapters.vault.key_file import KeyFileVault

__all__ = ["KeyFileVault"]

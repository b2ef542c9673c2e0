"""Our rights in the vendor's words for operations."""

from collections.abc import Collection, Mapping

from jobmill.core.accounts import Right

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    Right.JOBS_READ: ("job.read", "task.read", "recording.read"),
    Right.JOBS_WRITE: ("job.create", "job.update", "job.delete", "task.update"),
    Right.ASSETS_READ: ("asset.read", "asset.uri"),
    Right.ASSETS_WRITE: ("asset.create", "asset.update", "asset.delete", "recording.create"),
    Right.ENGINES_READ: ("engine.read", "cluster.read"),
    Right.ENGINES_WRITE: ("engine.create", "engine.update"),
    Right.POOLS_WRITE: ("cluster.create", "cluster.update", "cluster.delete"),
    Right.ACCOUNTS_READ: ("user.read", "organization.read"),
    Right.ACCOUNTS_WRITE: ("user.create", "user.update", "user.delete"),
}


def operations_of(rights: Collection[str]) -> list[str]:
    """The operations that these rights allow."""
    every = Right.ALL in rights
    return [
        word for right, words in OPERATIONS.items() if every or right in rights for word in words
    ]

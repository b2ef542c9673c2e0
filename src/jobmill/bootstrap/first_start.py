"""What the first start makes: the default organization, its users, and the admin key's file."""

import os
import tempfile
from pathlib import Path

from jobmill.core.accounts import Right, ensure_first_accounts, issue_key, knows_key
from jobmill.core.accounts.service.first import reinstated
from jobmill.core.clock import Clock
from jobmill.core.ids import OrganizationNumber
from jobmill.core.jobs.ports import Database, UnitOfWork


async def first_start(database: Database, admin_key: Path, clock: Clock) -> OrganizationNumber:
    """Make what is missing. A key is written to its file only when the database has it for good:
    a process killed in between leaves no file, and the next start issues another key."""
    known = _read(admin_key)

    def accounts(work: UnitOfWork) -> tuple[OrganizationNumber, str | None]:
        organization, admin = ensure_first_accounts(work.accounts)
        if known is not None and knows_key(work.accounts, known):
            return organization.number, None
        able = reinstated(work.accounts, admin)
        return organization.number, issue_key(
            work.accounts, able, "first start", [Right.ALL], clock.now()
        )

    organization, key = await database.write(accounts)
    if key is not None:
        _keep(admin_key, key)
    return organization


def _read(place: Path) -> str | None:
    return place.read_text(encoding="utf-8").strip() if place.exists() else None


def _keep(place: Path, key: str) -> None:
    """Write the file in one step, readable by its owner alone."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f"{place.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(place)

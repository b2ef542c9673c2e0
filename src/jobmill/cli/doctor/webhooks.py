"""Looks at webhooks: can their secrets be read, does anything wait too long, who refuses?"""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from jobmill.cli.doctor.finding import Finding, found
from jobmill.config import Settings

if TYPE_CHECKING:
    from jobmill.adapters.locks import DataFolder

LATE = timedelta(minutes=1)


def look_at_webhooks(settings: Settings) -> Iterator[Finding]:
    """Nothing where there are no endpoints. What is wrong with the database is told elsewhere."""
    from jobmill.adapters.locks import DataFolder

    folder = DataFolder(settings.data)
    if not folder.database.exists():
        return
    try:
        connection = sqlite3.connect(f"{folder.database.absolute().as_uri()}?mode=ro", uri=True)
        try:
            if not _one(connection, "SELECT EXISTS (SELECT 1 FROM endpoint)"):
                return
            yield _secrets(connection, folder)
            yield _due(connection)
            yield _disabled(connection)
        finally:
            connection.close()
    except sqlite3.Error:
        return


def _secrets(connection: sqlite3.Connection, folder: "DataFolder") -> Finding:
    """The newest endpoint's secret stands for all: there is one key."""
    import json

    from jobmill.adapters.vault import KeyFileVault
    from jobmill.core.errors import JobmillError

    name, secrets = connection.execute(
        "SELECT id, secrets FROM endpoint ORDER BY number DESC LIMIT 1"
    ).fetchone()
    try:
        for sealed, _ in json.loads(secrets):
            KeyFileVault(folder.secrets_key).open(sealed, name)
    except JobmillError as refusal:
        fix = "Put back the key file from the backup of this database, or rotate every secret."
        return Finding("webhook secrets", "fail", refusal.message, fix)
    private = folder.secrets_key.stat().st_mode & 0o077 == 0
    fix = f"chmod 600 {folder.secrets_key}"
    return found("webhook secrets", private, str(folder.secrets_key), fix, otherwise="warn")


def _due(connection: sqlite3.Connection) -> Finding:
    first = _one(
        connection, "SELECT min(due_at) FROM delivery WHERE state = 'pending' AND lease IS NULL"
    )
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    late = datetime.now(UTC) - epoch - timedelta(microseconds=first) if first else timedelta()
    detail = "none is late" if late <= LATE else f"one is due for {late.total_seconds():.0f} s"
    fix = "Start the server: it sends them. If it runs, see what its log says of deliveries."
    return found("webhooks", late <= LATE, detail, fix, otherwise="warn")


def _disabled(connection: sqlite3.Connection) -> Finding:
    rows = connection.execute(
        "SELECT url, disabled FROM endpoint WHERE callback = 0 AND disabled IS NOT NULL"
    ).fetchall()
    failing = _one(
        connection, "SELECT count(*) FROM endpoint WHERE callback = 0 AND failing_since IS NOT NULL"
    )
    said = [*(f"{url} is disabled ({why})" for url, why in rows[:3])]
    if failing:
        said.append(f"{failing} refuse what is sent")
    fix = "See `jobmill deliveries list ENDPOINT`; then `jobmill endpoints enable ENDPOINT`."
    return found("endpoints", not said, "; ".join(said) or "all take", fix, otherwise="warn")


def _one(connection: sqlite3.Connection, sql: str) -> int | None:
    value: int | None = connection.execute(sql).fetchone()[0]
    return value

"""Looks at the database, read-only: its schema, its health, and its clock beside this machine's."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jobmill.cli.doctor.finding import Finding, found
from jobmill.config import Settings

MOST_SKEW = timedelta(seconds=2)
SMALL = 256 * 2**20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def look_at_database(settings: Settings) -> Iterator[Finding]:
    """Nothing without a database."""
    from jobmill.adapters.locks import DataFolder

    path = DataFolder(settings.data).database
    if not path.exists():
        return
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            yield _schema(path)
            if path.stat().st_size <= SMALL:
                yield _health(connection)
            yield _clock(connection)
        finally:
            connection.close()
    except sqlite3.Error as wrong:
        fix = f"Restore {path} from a backup, or let this user read it."
        yield Finding("database", "fail", f"{path}: {wrong}", fix)


def _schema(path: Path) -> Finding:
    from jobmill.adapters.sql.migrate import HEAD, version_of

    version = version_of(path)
    if version is not None and version > HEAD:
        detail = f"{version}, newer than this version of Jobmill ({HEAD})"
        return Finding("schema", "fail", detail, "Install the version that wrote it, or a newer.")
    behind = "The next `jobmill serve` upgrades it; back it up before."
    return found("schema", version == HEAD, f"{version} of {HEAD}", behind, otherwise="warn")


def _health(connection: sqlite3.Connection) -> Finding:
    (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    return found("database", said == "ok", str(said), "Restore the database from a backup.")


def _clock(connection: sqlite3.Connection) -> Finding:
    """The newest event cannot have happened later than now."""
    row = connection.execute("SELECT at FROM event ORDER BY number DESC LIMIT 1").fetchone()
    newest = _EPOCH + timedelta(microseconds=row[0]) if row else None
    ahead = newest - datetime.now(UTC) if newest else timedelta()
    return found(
        "clock",
        ahead <= MOST_SKEW,
        f"the newest event is {ahead.total_seconds():.0f} s in the future"
        if ahead > MOST_SKEW
        else "not behind the database's",
        "Set this machine's clock (NTP): expiry and retries go by it.",
        otherwise="warn",
    )

"""What goes with a task: its parts, chunks, attempts and results, and the routes into it."""

from jobmill.adapters.sql.blobs import release_blob
from jobmill.adapters.sql.connection import Connection
from jobmill.core.ids import TaskNumber
from jobmill.core.items import Blob

OF_JOB = "(SELECT number FROM task WHERE job = :job)"
_OF_TASK = "(:task)"


def remove_parts(db: Connection, tasks: str, **numbers: int) -> list[Blob]:
    """The parts of some tasks; the blobs that nothing uses any more."""
    parts = db.all(f"DELETE FROM part WHERE task IN {tasks} RETURNING *", **numbers)  # noqa: S608
    return [
        Blob(part["sha256"], part["size"])
        for part in parts
        if part["sha256"] and release_blob(db, part["organization"], part["sha256"])
    ]


def remove_task(db: Connection, task: TaskNumber) -> list[Blob]:
    """One task, with all that it left behind in earlier runs of its job."""
    unused = remove_parts(db, _OF_TASK, task=task)
    for statement in (
        "DELETE FROM chunk WHERE task = :task",
        "DELETE FROM log WHERE attempt IN (SELECT number FROM attempt WHERE task = :task)",
        "DELETE FROM attempt WHERE task = :task",
        "DELETE FROM result WHERE task = :task",
        """DELETE FROM route WHERE job = (SELECT job FROM task WHERE number = :task)
               AND target = (SELECT name FROM task WHERE number = :task)""",
        "DELETE FROM task WHERE number = :task",
    ):
        db.run(statement, task=task)
    return unused

"""The parts that tasks wrote, and the chunks that chunk tasks have to do, in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobmill.adapters.sql.blobs import release_blob, use_blob
from jobmill.adapters.sql.connection import Connection, placeholders, to_json
from jobmill.adapters.sql.job_rows import part_of
from jobmill.core.ids import OrganizationNumber, RunToken, TaskNumber
from jobmill.core.items import Blob
from jobmill.core.jobs.model import Part
from jobmill.core.jobs.part_ports import Added, ChunkInHand, ChunkState, Removed

_INSERT = """
INSERT OR IGNORE INTO part
    (task, generation, port, number, organization, sha256, size, media_type, meta, document)
VALUES (:task, :generation, :port, :number, :organization, :sha256, :size, :media_type, :meta,
        :document)"""
_SAME = """
SELECT sha256 = :sha256 AND document IS :document FROM part
WHERE task = :task AND generation = :generation AND port = :port AND number = :number"""
_OF_NOW = """part JOIN task ON task.number = part.task AND task.generation = part.generation
WHERE part.task = :task"""
_TAKE = """
UPDATE chunk SET state = 'taken', token = :token
WHERE task = :task AND generation = :generation AND number IN (
    SELECT number FROM chunk WHERE task = :task AND generation = :generation AND state = 'queued'
    ORDER BY tries, number LIMIT :limit)
RETURNING number, tries"""


class SqlPartStore:
    """The `PartStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self,
        task: TaskNumber,
        generation: int,
        parts: Sequence[Part],
        organization: OrganizationNumber,
    ) -> Added:
        fresh, other = [], []
        for part in parts:
            row = _row(task, generation, part)
            if self._db.run(_INSERT, organization=organization, **row):
                fresh.append(part)
                if part.blob is not None:
                    use_blob(self._db, organization, part.blob)
            elif not self._db.value(_SAME, **row):
                other.append(part)
        return Added(fresh, other)

    def of_task(self, task: TaskNumber) -> Sequence[Part]:
        rows = self._db.all(
            f"SELECT part.* FROM {_OF_NOW} ORDER BY part.port, part.number",  # noqa: S608
            task=task,
        )
        return [part_of(row) for row in rows]

    def page(self, task: TaskNumber, after: tuple[str, int] | None, limit: int) -> Sequence[Part]:
        port, number = after or ("", -1)
        rows = self._db.all(
            f"""SELECT part.* FROM {_OF_NOW} AND (part.port, part.number) > (:port, :number)
                ORDER BY part.port, part.number LIMIT :limit""",  # noqa: S608
            task=task,
            port=port,
            number=number,
            limit=limit,
        )
        return [part_of(row) for row in rows]

    def get(self, task: TaskNumber, port: str, number: int) -> Part | None:
        found = self.after(task, port, number, 1)
        return found[0] if found and found[0].number == number else None

    def after(self, task: TaskNumber, port: str, number: int, limit: int) -> Sequence[Part]:
        rows = self._db.all(
            f"""SELECT part.* FROM {_OF_NOW} AND part.port = :port AND part.number >= :number
                ORDER BY part.number LIMIT :limit""",  # noqa: S608
            task=task,
            port=port,
            number=number,
            limit=limit,
        )
        return [part_of(row) for row in rows]

    def numbered(self, task: TaskNumber, port: str, numbers: Sequence[int]) -> Sequence[Part]:
        marks, values = placeholders("n", numbers)
        rows = self._db.all(
            f"""SELECT part.* FROM {_OF_NOW} AND part.port = :port AND part.number IN ({marks})
                ORDER BY part.number""",  # noqa: S608
            task=task,
            port=port,
            **values,
        )
        return [part_of(row) for row in rows]

    def remove(self, task: TaskNumber, generation: int, port: str, first: int) -> Removed:
        rows = self._db.all(
            """DELETE FROM part WHERE task = :task AND generation = :generation AND port = :port
                   AND number >= :first RETURNING organization, sha256, size""",
            task=task,
            generation=generation,
            port=port,
            first=first,
        )
        unused = [
            Blob(row["sha256"], row["size"])
            for row in rows
            if row["sha256"] and release_blob(self._db, row["organization"], row["sha256"])
        ]
        return Removed(len(rows), sum(row["size"] for row in rows), unused)

    # The chunks of a chunk task: `task` is its lane 0.

    def add_chunks(
        self, task: TaskNumber, generation: int, chunks: Mapping[int, ChunkState]
    ) -> None:
        self._db.raw.executemany(
            """INSERT INTO chunk (task, generation, number, state)
               VALUES (:task, :generation, :number, :state)""",
            [
                {"task": task, "generation": generation, "number": number, "state": state.value}
                for number, state in chunks.items()
            ],
        )

    def take_chunks(
        self, task: TaskNumber, generation: int, token: RunToken, limit: int
    ) -> Sequence[ChunkInHand]:
        rows = self._db.all(_TAKE, task=task, generation=generation, token=token, limit=limit)
        return sorted((ChunkInHand(row["number"], row["tries"]) for row in rows), key=_number)

    def in_hand(self, token: RunToken) -> Sequence[ChunkInHand]:
        rows = self._db.all(
            "SELECT number, tries FROM chunk WHERE token = :token ORDER BY number", token=token
        )
        return [ChunkInHand(row["number"], row["tries"]) for row in rows]

    def end_chunks(self, token: RunToken, numbers: Sequence[int]) -> Sequence[int]:
        done = []
        for number in numbers:
            done += self._db.all(
                """UPDATE chunk SET state = 'done', token = NULL
                   WHERE token = :token AND number = :number RETURNING number""",
                token=token,
                number=number,
            )
        return [row["number"] for row in done]

    def try_again(self, token: RunToken, number: int, *, for_good: bool) -> None:
        self._db.run(
            """UPDATE chunk SET state = :state, tries = tries + 1, token = NULL
               WHERE token = :token AND number = :number""",
            token=token,
            number=number,
            state=ChunkState.FAILED if for_good else ChunkState.QUEUED,
        )

    def release(self, token: RunToken) -> None:
        self._db.run(
            "UPDATE chunk SET state = 'queued', token = NULL WHERE token = :token", token=token
        )

    def reopen(self, task: TaskNumber, generation: int) -> int:
        return self._db.run(
            """UPDATE chunk SET state = 'queued', tries = 0, token = NULL
               WHERE task = :task AND generation = :generation AND state != 'done'""",
            task=task,
            generation=generation,
        )

    def drop_chunks(
        self, task: TaskNumber, generation: int, first: int
    ) -> Mapping[ChunkState, int]:
        rows = self._db.all(
            """DELETE FROM chunk WHERE task = :task AND generation = :generation
                   AND number >= :first RETURNING state""",
            task=task,
            generation=generation,
            first=first,
        )
        states = [row["state"] for row in rows]
        return {state: states.count(state) for state in ChunkState}


def _row(task: TaskNumber, generation: int, part: Part) -> dict[str, Any]:
    return {
        "task": task,
        "generation": generation,
        "port": part.port,
        "number": part.number,
        "sha256": part.sha256 or "",
        "size": part.size,
        "media_type": part.media_type,
        "meta": to_json(part.meta) if part.meta else "{}",
        "document": part.document,
    }


def _number(chunk: ChunkInHand) -> int:
    return chunk.number

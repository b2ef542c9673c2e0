"""Pipelines in SQL."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Any

from jobmill.adapters.sql.connection import Connection, Row, instant, micros, to_json
from jobmill.core.ids import OrganizationNumber, new_id
from jobmill.core.pipelines import Pipeline, PipelineDefinition, Program
from jobmill.core.pipelines.program import stored_program


class SqlPipelineStore:
    """The `PipelineStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, organization: OrganizationNumber, name: str) -> Pipeline | None:
        row = self._db.one(
            "SELECT * FROM pipeline WHERE organization = :organization AND name = :name",
            organization=organization,
            name=name,
        )
        return _pipeline(row) if row else None

    def list(self, organization: OrganizationNumber) -> Sequence[Pipeline]:
        rows = self._db.all(
            "SELECT * FROM pipeline WHERE organization = :organization ORDER BY name",
            organization=organization,
        )
        return [_pipeline(row) for row in rows]

    def add(
        self,
        organization: OrganizationNumber,
        name: str,
        description: str,
        definition: PipelineDefinition,
        extras: Mapping[str, Any],
        at: datetime,
        program: Program | None = None,
    ) -> Pipeline:
        pipeline_id = new_id()
        number = self._db.insert(
            """INSERT INTO pipeline (id, organization, name, version, description, definition,
                                     extras, program, created_at, updated_at)
               VALUES (:id, :organization, :name, 1, :description, :definition, :extras,
                       :program, :at, :at)""",
            id=pipeline_id,
            organization=organization,
            name=name,
            description=description,
            definition=to_json(asdict(definition)),
            extras=to_json(extras),
            program=_text(program),
            at=micros(at),
        )
        return Pipeline(
            number,
            pipeline_id,
            organization,
            name,
            1,
            description,
            definition,
            at,
            at,
            extras,
            program,
        )

    def replace(self, pipeline: Pipeline) -> None:
        self._rename(pipeline)
        self._db.run(
            """UPDATE pipeline SET name = :name, version = :version, description = :description,
                   definition = :definition, extras = :extras, program = :program,
                   updated_at = :updated_at
               WHERE number = :number""",
            number=pipeline.number,
            name=pipeline.name,
            version=pipeline.version,
            description=pipeline.description,
            definition=to_json(asdict(pipeline.definition)),
            extras=to_json(pipeline.extras),
            program=_text(pipeline.program),
            updated_at=micros(pipeline.updated_at),
        )

    def _rename(self, pipeline: Pipeline) -> None:
        """What is kept of a pipeline goes by its name, and follows it."""
        old = self._db.value("SELECT name FROM pipeline WHERE number = :n", n=pipeline.number)
        for table in ("ground_truth", "measure", "agreement") if old != pipeline.name else ():
            self._db.run(
                f"""UPDATE {table} SET pipeline = :name
                    WHERE organization = :organization AND pipeline = :old""",  # noqa: S608
                name=pipeline.name,
                organization=pipeline.organization,
                old=old,
            )

    def remove(self, organization: OrganizationNumber, name: str) -> bool:
        removed = self._db.run(
            "DELETE FROM pipeline WHERE organization = :organization AND name = :name",
            organization=organization,
            name=name,
        )
        return removed > 0

    def keep_program(self, organization: OrganizationNumber, program: Program) -> int:
        body = to_json(program.as_json())
        digest = hashlib.sha256(body.encode()).hexdigest()
        known = self._db.value(
            "SELECT number FROM program WHERE organization = :organization AND digest = :digest",
            organization=organization,
            digest=digest,
        )
        if known is not None:
            return int(known)
        return self._db.insert(
            """INSERT INTO program (organization, digest, body)
               VALUES (:organization, :digest, :body)""",
            organization=organization,
            digest=digest,
            body=body,
        )

    def program(self, number: int) -> Program | None:
        body = self._db.value("SELECT body FROM program WHERE number = :number", number=number)
        return None if body is None else _program(body)


def _text(program: Program | None) -> str | None:
    return None if program is None else to_json(program.as_json())


@lru_cache(maxsize=256)
def _program(body: str) -> Program:
    """Programs are read for each job of theirs, and never change."""
    return stored_program(json.loads(body))


def _pipeline(row: Row) -> Pipeline:
    definition = json.loads(row["definition"])
    return Pipeline(
        number=row["number"],
        id=row["id"],
        organization=OrganizationNumber(row["organization"]),
        name=row["name"],
        version=row["version"],
        description=row["description"],
        definition=PipelineDefinition(
            features=tuple(definition["features"]),
            params=definition["params"],
            tasks=tuple(definition["tasks"]),
            routes=tuple(definition["routes"]),
        ),
        created_at=instant(row["created_at"]),
        updated_at=instant(row["updated_at"]),
        extras=json.loads(row["extras"]),
        program=None if row["program"] is None else _program(row["program"]),
    )

"""Ground truth in SQL."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jobmill.adapters.sql.connection import (
    Connection,
    Row,
    instant,
    micros,
    placeholders,
    to_json,
)
from jobmill.core.ids import JobNumber, OrganizationNumber, UserNumber, new_id
from jobmill.core.truths.model import GroundTruth, NewTruth, TruthKind, TruthNumber, TruthState
from jobmill.core.truths.ports import TruthQuery

_ADD = """INSERT INTO ground_truth (id, organization, owner, pipeline, input, digest, label, kind,
                          state, tag, metadata, job, created_at, updated_at)
VALUES (:id, :organization, :owner, :pipeline, :input, :digest, :label, :kind, 'active', :tag,
        :metadata, :job, :at, :at)"""
# One statement at the end of a job: the truth it was drawn from goes before one of the same input.
_KNOWN = """SELECT * FROM ground_truth WHERE state = 'active' AND number = coalesce(
    (SELECT truth FROM job_mark WHERE job = :job),
    (SELECT max(number) FROM ground_truth WHERE organization = :organization
        AND pipeline = :pipeline AND digest = :digest AND state = 'active'))"""


class SqlTruthStore:
    """The `TruthStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, new: NewTruth, digest: str, at: datetime) -> GroundTruth:
        number = self._db.insert(
            _ADD,
            id=new_id(),
            organization=new.organization,
            owner=new.owner,
            pipeline=new.pipeline,
            input=to_json(new.input),
            digest=digest,
            label=to_json(new.label),
            kind=new.kind,
            tag=new.tag,
            metadata=to_json(new.metadata),
            job=new.job,
            at=micros(at),
        )
        row = self._db.one("SELECT * FROM ground_truth WHERE number = :number", number=number)
        assert row is not None  # noqa: S101  it has just been written
        return _truth(row)

    def get(self, organization: OrganizationNumber, truth: str) -> GroundTruth | None:
        plain = truth.isascii() and truth.isdecimal() and len(truth) <= 18
        row = self._db.one(
            f"""SELECT * FROM ground_truth
                WHERE {"number" if plain else "id"} = :truth
                    AND organization = :organization""",  # noqa: S608
            truth=int(truth) if plain else truth,
            organization=organization,
        )
        return None if row is None else _truth(row)

    def save(self, truth: GroundTruth, digest: str) -> None:
        self._db.run(
            """UPDATE ground_truth SET input = :input, digest = :digest, label = :label,
                   tag = :tag, metadata = :metadata, state = :state, updated_at = :at
               WHERE number = :number""",
            number=truth.number,
            input=to_json(truth.input),
            digest=digest,
            label=to_json(truth.label),
            tag=truth.tag,
            metadata=to_json(truth.metadata),
            state=truth.state,
            at=micros(truth.updated_at),
        )

    def find(self, query: TruthQuery) -> Sequence[GroundTruth]:
        where, values = _conditions(query)
        rows = self._db.all(
            f"""SELECT * FROM ground_truth WHERE {where}
                ORDER BY number DESC LIMIT :limit OFFSET :offset""",  # noqa: S608
            limit=query.limit,
            offset=query.offset,
            **values,
        )
        return [_truth(row) for row in rows]

    def count(self, query: TruthQuery) -> int:
        where, values = _conditions(query)
        found: int = self._db.value(
            f"SELECT count(*) FROM ground_truth WHERE {where}",  # noqa: S608
            **values,
        )
        return found

    def any(self, organization: OrganizationNumber, pipeline: str) -> bool:
        found = self._db.value(
            """SELECT 1 FROM ground_truth INDEXED BY ix_ground_truth_input
               WHERE organization = :organization AND pipeline = :pipeline AND state = 'active'
               LIMIT 1""",
            organization=organization,
            pipeline=pipeline,
        )
        return found is not None

    def known(
        self, organization: OrganizationNumber, pipeline: str, digest: str, job: JobNumber
    ) -> GroundTruth | None:
        row = self._db.one(
            _KNOWN, organization=organization, pipeline=pipeline, digest=digest, job=job
        )
        return None if row is None else _truth(row)

    def draw(self, query: TruthQuery) -> Sequence[GroundTruth]:
        where, values = _conditions(query)
        rows = self._db.all(
            f"""UPDATE ground_truth SET used = used + 1 WHERE number IN (
                    SELECT number FROM ground_truth WHERE {where}
                    ORDER BY used, random() LIMIT :limit)
                RETURNING *""",  # noqa: S608
            limit=query.limit,
            **values,
        )
        return [_truth(row) for row in rows]


def _conditions(query: TruthQuery) -> tuple[str, dict[str, Any]]:
    where, values = ["organization = :organization"], dict[str, Any]()
    values["organization"] = query.organization
    for column in ("owner", "pipeline", "tag"):
        wanted = getattr(query, column)
        if wanted is not None:
            where.append(f"{column} = :{column}")
            values[column] = wanted
    if query.below is not None:
        where.append("number < :below")
        values["below"] = query.below
    marks, states = placeholders("state", query.states)
    where.append(f"state IN ({marks})")
    return " AND ".join(where), {**values, **states}


def _truth(row: Row) -> GroundTruth:
    return GroundTruth(
        number=TruthNumber(row["number"]),
        id=row["id"],
        organization=OrganizationNumber(row["organization"]),
        owner=UserNumber(row["owner"]),
        pipeline=row["pipeline"],
        input=json.loads(row["input"]),
        label=json.loads(row["label"]),
        kind=TruthKind(row["kind"]),
        state=TruthState(row["state"]),
        created_at=instant(row["created_at"]),
        updated_at=instant(row["updated_at"]),
        tag=row["tag"],
        metadata=json.loads(row["metadata"]),
        used=row["used"],
        job=row["job"] and JobNumber(row["job"]),
    )

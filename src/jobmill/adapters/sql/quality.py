"""What was measured against ground truth, in SQL: written a job at a time, summed up when asked."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from jobmill.adapters.sql.connection import Connection, Row, micros
from jobmill.core.ids import UserNumber
from jobmill.core.truths.quality import (
    Accuracy,
    Agreed,
    Confused,
    FieldAccuracy,
    Measured,
    Measurement,
    PeriodAccuracy,
    QualityQuery,
    Width,
)

_ADD = """INSERT INTO measure (organization, pipeline, job, truth, role, subject, correct, score,
                     at)
VALUES (:organization, :pipeline, :job, :truth, :role, :subject, :correct, :score, :at)"""
_ADD_FIELD = """INSERT INTO measure_field (measure, field, correct, truth, given)
VALUES (:measure, :field, :correct, :truth, :given)"""
_ADD_PAIR = """INSERT INTO agreement (organization, pipeline, job, one, other, agreed, score, at)
VALUES (:organization, :pipeline, :job, :one, :other, :agreed, :score, :at)"""
_SUMS = "count(*) AS measured, sum(measure.correct) AS correct, avg(measure.score) AS score"
_BEGINS: Mapping[Width, str] = MappingProxyType(
    {
        Width.DAY: "date(measure.at / 1000000, 'unixepoch')",
        # The Sunday on or after it, and back to the Monday before that.
        Width.WEEK: "date(measure.at / 1000000, 'unixepoch', 'weekday 0', '-6 days')",
        Width.MONTH: "date(measure.at / 1000000, 'unixepoch', 'start of month')",
    }
)


class SqlQualityStore:
    """The `QualityStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, measurement: Measurement, at: datetime) -> None:
        job = measurement.job
        self._db.run("DELETE FROM measure WHERE job = :job", job=job)
        self._db.run("DELETE FROM agreement WHERE job = :job", job=job)
        whose = {
            "organization": measurement.organization,
            "pipeline": measurement.pipeline,
            "job": job,
            "at": micros(at),
        }
        for answer in measurement.answers:
            self._add(answer, {**whose, "truth": measurement.truth})
        self._db.many(
            _ADD_PAIR,
            (
                {
                    **whose,
                    "one": pair.one,
                    "other": pair.other,
                    "agreed": int(pair.agreed),
                    "score": pair.score,
                }
                for pair in measurement.pairs
            ),
        )

    def _add(self, answer: Measured, whose: Mapping[str, Any]) -> None:
        judgement = answer.judgement
        number = self._db.insert(
            _ADD,
            **whose,
            role=answer.role,
            subject=answer.subject,
            correct=int(judgement.correct),
            score=judgement.score,
        )
        self._db.many(
            _ADD_FIELD,
            (
                {
                    "measure": number,
                    "field": each.field,
                    "correct": int(each.right),
                    "truth": each.truth,
                    "given": each.given,
                }
                for each in judgement.fields
            ),
        )

    def accuracies(self, query: QualityQuery) -> Sequence[Accuracy]:
        where, values = _conditions(query)
        rows = self._db.all(
            f"""SELECT subject, {_SUMS} FROM measure WHERE {where}
                GROUP BY subject ORDER BY subject""",  # noqa: S608
            **values,
        )
        return [_accuracy(row) for row in rows]

    def periods(self, query: QualityQuery, width: Width) -> Sequence[PeriodAccuracy]:
        where, values = _conditions(query)
        rows = self._db.all(
            f"""SELECT subject, {_BEGINS[width]} AS start, {_SUMS} FROM measure WHERE {where}
                GROUP BY subject, start ORDER BY start, subject""",  # noqa: S608
            **values,
        )
        return [PeriodAccuracy(date.fromisoformat(row["start"]), _accuracy(row)) for row in rows]

    def fields(self, query: QualityQuery) -> Sequence[FieldAccuracy]:
        where, values = _conditions(query)
        rows = self._db.all(
            f"""SELECT subject, field, count(*) AS measured, sum(each.correct) AS correct,
                    count(DISTINCT each.truth) AS words
                FROM measure JOIN measure_field AS each ON each.measure = measure.number
                WHERE {where} GROUP BY subject, field ORDER BY subject, field""",  # noqa: S608
            **values,
        )
        return [
            FieldAccuracy(
                row["subject"], row["field"], row["measured"], row["correct"], row["words"]
            )
            for row in rows
        ]

    def confusion(self, query: QualityQuery, words: int, limit: int) -> Sequence[Confused]:
        where, values = _conditions(query)
        rows = self._db.all(
            f"""WITH each AS (
                    SELECT subject, field, each.truth, given
                    FROM measure JOIN measure_field AS each ON each.measure = measure.number
                    WHERE {where} AND each.truth IS NOT NULL),
                few AS (SELECT subject, field FROM each GROUP BY subject, field
                    HAVING count(DISTINCT truth) <= :words)
                SELECT subject, field, truth, given, count(*) AS n
                FROM each JOIN few USING (subject, field)
                GROUP BY subject, field, truth, given
                ORDER BY subject, field, n DESC, truth, given LIMIT :limit""",  # noqa: S608
            words=words,
            limit=limit,
            **values,
        )
        return [
            Confused(row["subject"], row["field"], row["truth"], row["given"], row["n"])
            for row in rows
        ]

    def agreements(self, query: QualityQuery) -> Sequence[Agreed]:
        where, values = _within("agreement", query)
        rows = self._db.all(
            f"""SELECT one, other, count(*) AS pairs, sum(agreed) AS agreed,
                    avg(score) AS score FROM agreement
                WHERE {where} GROUP BY one, other ORDER BY one, other""",  # noqa: S608
            **values,
        )
        return [
            Agreed(
                UserNumber(row["one"]),
                UserNumber(row["other"]),
                row["pairs"],
                row["agreed"],
                row["score"],
            )
            for row in rows
        ]


def _conditions(query: QualityQuery) -> tuple[str, dict[str, Any]]:
    where, values = _within("measure", query)
    where += " AND role = :role"
    values["role"] = query.role
    if query.subject is not None:
        where += " AND subject = :subject"
        values["subject"] = query.subject
    return where, values


def _within(table: str, query: QualityQuery) -> tuple[str, dict[str, Any]]:
    where = [f"{table}.organization = :organization", f"{table}.pipeline = :pipeline"]
    values: dict[str, Any] = {"organization": query.organization, "pipeline": query.pipeline}
    if query.since is not None:
        where.append(f"{table}.at >= :since")
        values["since"] = micros(query.since)
    if query.until is not None:
        where.append(f"{table}.at < :until")
        values["until"] = micros(query.until)
    return " AND ".join(where), values


def _accuracy(row: Row) -> Accuracy:
    return Accuracy(row["subject"], row["measured"], row["correct"], row["score"])

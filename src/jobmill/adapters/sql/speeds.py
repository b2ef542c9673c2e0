"""Learnt speeds of engines, in SQL."""

import json
from collections.abc import Collection, Mapping, Sequence

from jobmill.adapters.sql.connection import Connection
from jobmill.core.speeds import Observation, Speed, SpeedKey

KEPT = 0.8
"""What an older run still counts when the next one comes: the last five or so decide."""


class SqlSpeedStore:
    """The `SpeedStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def learn(self, observations: Sequence[Observation]) -> None:
        rows = [
            (
                run.key.engine,
                run.key.features,
                run.unit,
                run.units,
                run.seconds,
                run.units**2,
                run.units * run.seconds,
            )
            for run in observations
        ]
        self._db.run(
            """INSERT INTO speed (engine, features, unit, weight, units, seconds, squares, products)
               SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
                      json_extract(value, '$[2]'), 1, json_extract(value, '$[3]'),
                      json_extract(value, '$[4]'), json_extract(value, '$[5]'),
                      json_extract(value, '$[6]')
               FROM json_each(:rows) WHERE true
               ON CONFLICT (engine, features, unit) DO UPDATE SET
                   weight = weight * :kept + 1,
                   units = units * :kept + excluded.units,
                   seconds = seconds * :kept + excluded.seconds,
                   squares = squares * :kept + excluded.squares,
                   products = products * :kept + excluded.products""",
            rows=json.dumps(rows),
            kept=KEPT,
        )

    def of(self, keys: Collection[SpeedKey]) -> Mapping[SpeedKey, Mapping[str, Speed]]:
        wanted = json.dumps([(key.engine, key.features) for key in keys])
        rows = self._db.all(
            """SELECT speed.* FROM json_each(:wanted) AS wanted CROSS JOIN speed
               ON speed.engine = json_extract(wanted.value, '$[0]')
                  AND speed.features = json_extract(wanted.value, '$[1]')""",
            wanted=wanted,
        )
        found: dict[SpeedKey, dict[str, Speed]] = {}
        for row in rows:
            speed = Speed(*(row[name] for name in _SUMS))
            found.setdefault(SpeedKey(row["engine"], row["features"]), {})[row["unit"]] = speed
        return found

    def sizes(self, assets: Collection[int]) -> Mapping[int, int]:
        rows = self._db.all(
            """SELECT number, size FROM asset
               WHERE number IN (SELECT value FROM json_each(:assets)) AND size IS NOT NULL""",
            assets=json.dumps(list(assets)),
        )
        return {row["number"]: row["size"] for row in rows}


_SUMS = ("weight", "units", "seconds", "squares", "products")

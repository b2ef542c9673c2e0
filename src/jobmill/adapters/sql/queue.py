"""The embedded queue: the task table itself. A task is handed over by being `ready`.

The index of ready tasks begins with organization, pool and engine: one step of it finds the next
organization, or the head of a group, however many tasks stand behind. What is full, paused or not
served here is passed over by groups, never task by task.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from jobmill.adapters.sql.capacity import SqlCapacityStore
from jobmill.adapters.sql.connection import Connection, Row, micros, moment
from jobmill.core.capacity import PLATFORM_POOL, Limit, Running
from jobmill.core.capacity.fairness import Head, in_turn, newest_of, open_heads
from jobmill.core.ids import JobNumber, OrganizationNumber, TaskNumber
from jobmill.core.jobs.model import JobGraph

_COLUMNS = "task.number, job, organization, pool, engine, priority, batch, due, ready_at"
_READY = """task AS next INDEXED BY ix_task_ready
    WHERE next.state = 'ready' AND next.retry_at IS NULL"""
_RULES = f"""
WITH RECURSIVE whose(number) AS (
    SELECT (SELECT min(next.organization) FROM {_READY})
    UNION ALL
    SELECT (SELECT min(next.organization) FROM {_READY} AND next.organization > whose.number)
    FROM whose WHERE whose.number IS NOT NULL)
SELECT whose.number, coalesce(turn.served, 0) AS served,
    EXISTS (SELECT 1 FROM running_limit) AS limits,
    EXISTS (SELECT 1 FROM pool WHERE paused) AS pauses,
    EXISTS (SELECT 1 FROM task WHERE state = 'ready' AND retry_at <= :now) AS due
FROM whose LEFT JOIN turn ON turn.organization = whose.number AND turn.batch = -1"""  # noqa: S608
_GROUPS = f"""
WITH RECURSIVE head(number) AS (
    SELECT * FROM (SELECT next.number FROM {_READY} AND next.organization = :whose {{but}}
        ORDER BY pool, engine, priority, batch, due, ready_at, number LIMIT 1)
    UNION ALL
    SELECT (SELECT next.number FROM {_READY} AND next.organization = :whose
                AND (next.pool, next.engine, next.priority) > (+task.pool, +task.engine, 1000)
                {{but}}
            ORDER BY next.pool, next.engine, next.priority, next.batch, next.due, next.ready_at,
                next.number LIMIT 1)
    FROM head JOIN task ON task.number = head.number)
SELECT {_COLUMNS}, batch < (
    SELECT next.batch FROM {_READY}
        AND next.organization = task.organization AND next.pool = task.pool
        AND next.engine = task.engine AND next.priority = task.priority
    ORDER BY next.batch DESC LIMIT 1) AS many
FROM head JOIN task ON task.number = head.number"""  # noqa: S608
_LANES = f"""
WITH RECURSIVE lane(batch) AS (
    SELECT :batch
    UNION ALL
    SELECT (SELECT min(next.batch) FROM {_READY} AND next.organization = :organization
                AND next.pool = :pool AND next.engine = :engine AND next.priority = :priority
                AND next.batch > lane.batch {{but}})
    FROM lane WHERE lane.batch IS NOT NULL)
SELECT lane.batch, coalesce(turn.served, 0) AS served FROM lane
LEFT JOIN turn ON turn.organization = :organization AND turn.batch = lane.batch
WHERE lane.batch IS NOT NULL"""  # noqa: S608
_FIRST = f"""
SELECT {_COLUMNS.replace("task.", "")}, 0 AS many FROM {_READY} AND organization = :organization
    AND pool = :pool AND engine = :engine AND priority = :priority AND batch = :batch {{but}}
ORDER BY due, ready_at, number LIMIT 1"""  # noqa: S608  nobody's words are in these
_BY_GROUP = (
    "organization{0}, pool{0}, engine{0}, priority{0}, batch{0}, due{0}, ready_at{0}, number{0}"
)
_ALONE = f"""
SELECT first.*, 0 AS many FROM
    (SELECT {_COLUMNS.replace("task.", "")} FROM {_READY}
        ORDER BY {_BY_GROUP.format("")} LIMIT 1) AS first,
    (SELECT {_COLUMNS.replace("task.", "")} FROM {_READY}
        ORDER BY {_BY_GROUP.format(" DESC")} LIMIT 1) AS last
WHERE first.organization = last.organization AND first.pool = last.pool
    AND first.engine = last.engine AND first.priority = last.priority AND first.batch = last.batch
    AND NOT EXISTS (SELECT 1 FROM running_limit)
    AND NOT EXISTS (SELECT 1 FROM pool WHERE paused)
    AND NOT EXISTS (SELECT 1 FROM task WHERE state = 'ready' AND retry_at <= :now)"""  # noqa: S608
# The ends of the index are of one kind: so is all between them.
# In _GROUPS the priority of 1000, above all there are, makes the seek pass over the whole group:
# SQLite begins at what is equal. The plus takes away the columns' affinity, which keeps it off the
# index.
OF_ALL = -1
"""The batch under which an organization's own turn is kept; 0 is that of jobs without a batch."""


class SqlTaskQueue:
    """The `TaskQueue` port. Taking locks nothing: the unit of work is the only writer."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def hand_over(self, graph: JobGraph) -> None:
        """Nothing to do: the commit itself rings the bell."""

    def take(
        self, pools: Sequence[str] | None, room: Mapping[str, int], limit: int, now: datetime
    ) -> Sequence[tuple[JobNumber, TaskNumber]]:
        if limit == 1 and (alone := self._alone(pools, room, now)):
            return [(JobNumber(alone.job), TaskNumber(alone.number))]
        rows = self._db.all(_RULES, now=micros(now))
        if rows[0]["due"]:
            self._db.run(
                "UPDATE task SET retry_at = NULL WHERE state = 'ready' AND retry_at <= :now",
                now=micros(now),
            )
            rows = self._db.all(_RULES, now=micros(now))
        turns = {row["number"]: row["served"] for row in rows if row["number"] is not None}
        store = SqlCapacityStore(self._db)
        paused = store.paused() if rows[0]["pauses"] else frozenset()
        limits = store.limits() if rows[0]["limits"] else ()
        look = _Look(self._db, _Floor(store, limits, room, pools, paused), turns)
        while len(look.taken) < limit and look.take_one():
            pass
        return [(JobNumber(head.job), TaskNumber(head.number)) for head in look.taken]

    def _alone(
        self, pools: Sequence[str] | None, room: Mapping[str, int], now: datetime
    ) -> Head | None:
        """The first task, if nothing that waits is of another kind and no rule is to be asked."""
        row = self._db.one(_ALONE, now=micros(now))
        if row is None:
            return None
        head = _head(row)
        floor = _Floor(SqlCapacityStore(self._db), (), room, pools, frozenset())
        return head if floor.is_open(head) else None

    def waits_in(self, pool: str, engine: str) -> bool:
        found = self._db.value(
            """SELECT EXISTS (SELECT 1 FROM organization WHERE EXISTS (
                   SELECT 1 FROM task INDEXED BY ix_task_ready
                   WHERE state = 'ready' AND retry_at IS NULL AND pool = :pool
                       AND engine = :engine AND task.organization = organization.number))""",
            pool=pool,
            engine=engine,
        )
        return bool(found)

    def next_due(self, now: datetime) -> datetime | None:
        return moment(
            self._db.value(
                "SELECT min(retry_at) FROM task WHERE state = 'ready' AND retry_at > :now",
                now=micros(now),
            )
        )


class _Look:
    """One look at the queue, which may take several tasks. `turns` has the organizations with
    ready tasks, and when each was last preferred."""

    def __init__(self, db: Connection, floor: "_Floor", turns: dict[int, int]) -> None:
        self.taken: list[Head] = []
        self._db = db
        self._floor = floor
        self._turns = turns

    def take_one(self) -> bool:
        """Take the task whose turn it is; False when none can run. Turns are written down only
        where there is a choice."""
        heads = self._heads_in_turn()
        if not heads:
            return False
        urgent = [head for head in heads if head.priority == min(x.priority for x in heads)]
        notes, head = {}, urgent[0]
        whose = head.kind.organization
        if len(urgent) > 1 or head.many:
            lanes, served = self._lanes(urgent)
            head = min(lanes, key=lambda each: each.age)
            if len(served) > 1:
                notes[head.kind.batch] = max(served.values()) + 1
        if len(self._turns) > 1:
            notes[OF_ALL] = self._turns[whose] = max(self._turns.values()) + 1
        self._note(whose, notes)
        self._floor.add(head)
        self.taken.append(head)
        return True

    def _heads_in_turn(self) -> Sequence[Head]:
        """Of the organization whose turn it is, what can run: the first of each group."""
        tied: list[list[int]] = [list(self._turns)]
        if len(self._turns) > 1:
            tied = in_turn(self._turns, self._floor.by_organization)
        for organizations in tied:
            heads = {whose: self._open_heads(whose) for whose in organizations}
            if any(heads.values()):
                return newest_of([each for each in heads.values() if each])
        return []

    def _open_heads(self, whose: int) -> list[Head]:
        found = (_head(row) for row in self._all(_GROUPS, whose=whose))
        return [head for head in found if self._floor.is_open(head)]

    def _lanes(self, heads: Sequence[Head]) -> tuple[Sequence[Head], Mapping[int, int]]:
        """The first tasks of the batches whose turn it is, and the turns of all batches there."""
        groups = [_place(head) for head in heads]
        found = [
            (group, row["batch"], row["served"])
            for group in groups
            for row in self._all(_LANES, **group)
        ]
        served = {batch: turn for _, batch, turn in found}
        first = set(served)
        if len(served) > 1:
            running = self._floor.by_batch(heads[0].kind.organization)
            first = set(in_turn(served, running)[0])
        lanes = [
            _head(row)
            for group, batch, _ in found
            if batch in first
            for row in self._all(_FIRST, **{**group, "batch": batch})
        ]
        return lanes, served

    def _all(self, sql: str, **values: Any) -> list[Row]:
        but = ""
        if self.taken:
            but = f"AND next.number NOT IN ({', '.join(str(head.number) for head in self.taken)})"
        return self._db.all(sql.format(but=but), **values)

    def _note(self, organization: int, turns: Mapping[int, int]) -> None:
        for batch, served in turns.items():
            self._db.run(
                """INSERT INTO turn (organization, batch, served)
                   VALUES (:organization, :batch, :served)
                   ON CONFLICT (organization, batch) DO UPDATE SET served = excluded.served""",
                organization=organization,
                batch=batch,
                served=served,
            )


class _Floor:
    """What may run here, and what runs, counted on as tasks are taken; looked up when needed."""

    def __init__(
        self,
        store: SqlCapacityStore,
        limits: Sequence[Limit],
        room: Mapping[str, int],
        pools: Sequence[str] | None,
        paused: frozenset[str],
    ) -> None:
        self._store = store
        self._limits = limits
        self._room = dict(room)
        self._pools = pools
        self._paused = paused
        self._taken: Counter[Running] = Counter()
        self._running: Counter[Running] | None = None

    @property
    def running(self) -> Counter[Running]:
        if self._running is None:
            self._running = Counter(dict(self._store.running()))
            self._running.update(self._taken)
        return self._running

    @property
    def by_organization(self) -> Mapping[int, int]:
        """How many tasks each has at work."""
        return _summed((kind.organization, count) for kind, count in self.running.items())

    def by_batch(self, organization: int) -> Mapping[int, int]:
        """How many tasks each batch of an organization has at work."""
        own = (x for x in self.running.items() if x[0].organization == organization)
        return _summed((kind.batch, count) for kind, count in own)

    def is_open(self, head: Head) -> bool:
        """Whether such a task may start here now."""
        if not self._serves(head.kind.pool) or self._room.get(head.kind.engine, 1) <= 0:
            return False
        return not self._limits or bool(open_heads([head], self._limits, self.running))

    def add(self, head: Head) -> None:
        """It is going to run."""
        if head.kind.engine in self._room:
            self._room[head.kind.engine] -= 1
        self._taken[head.kind] += 1
        if self._running is not None:
            self._running[head.kind] += 1

    def _serves(self, pool: str) -> bool:
        if pool in self._paused:
            return False
        return pool != PLATFORM_POOL if self._pools is None else pool in self._pools


def _summed(pairs: Iterable[tuple[int, int]]) -> Mapping[int, int]:
    found: Counter[int] = Counter()
    for key, count in pairs:
        found[key] += count
    return found


def _place(head: Head) -> dict[str, Any]:
    kind = head.kind
    return {
        "organization": kind.organization,
        "pool": kind.pool,
        "engine": kind.engine,
        "priority": head.priority,
        "batch": kind.batch,
    }


def _head(row: Row) -> Head:
    kind = Running(
        OrganizationNumber(row["organization"]), row["engine"], row["pool"], row["batch"]
    )
    return Head(
        kind=kind,
        priority=row["priority"],
        due=row["due"],
        ready_at=row["ready_at"],
        job=row["job"],
        number=row["number"],
        many=bool(row["many"]),
    )

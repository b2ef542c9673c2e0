"""The embedded queue: the task table itself. A task is handed over by being `ready`.

The index of ready tasks begins with organization, pool and engine: one step of it finds the head
of each such group, however many tasks stand behind. What is full, paused or not served here is
passed over by groups, never task by task.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from jobmill.adapters.sql.capacity import SqlCapacityStore
from jobmill.adapters.sql.connection import Connection, Row, micros, moment
from jobmill.core.capacity import PLATFORM_POOL, Limit, Running
from jobmill.core.capacity.fairness import Head, next_head, next_organization, open_heads
from jobmill.core.ids import JobNumber, OrganizationNumber, TaskNumber
from jobmill.core.jobs.model import JobGraph

_COLUMNS = "task.number, job, organization, pool, engine, priority, batch, due, ready_at"
_NEXT = """task AS next INDEXED BY ix_task_ready
    WHERE next.state = 'ready' AND next.retry_at IS NULL {but}"""
_GROUPS = f"""
WITH RECURSIVE head(number) AS (
    SELECT * FROM (SELECT next.number FROM {_NEXT} AND next.organization > 0
        ORDER BY organization, pool, engine, priority, batch, due, ready_at, number LIMIT 1)
    UNION ALL
    SELECT (SELECT next.number FROM {_NEXT}
                AND (next.organization, next.pool, next.engine, next.priority)
                    > (+task.organization, +task.pool, +task.engine, 1000)
            ORDER BY next.organization, next.pool, next.engine, next.priority, next.batch, next.due,
                next.ready_at, next.number LIMIT 1)
    FROM head JOIN task ON task.number = head.number)
SELECT {_COLUMNS}, batch < (
    SELECT next.batch FROM {_NEXT}
        AND next.organization = task.organization AND next.pool = task.pool
        AND next.engine = task.engine AND next.priority = task.priority
    ORDER BY next.batch DESC LIMIT 1) AS many
FROM head JOIN task ON task.number = head.number"""  # noqa: S608  nobody's words are in it
_LANES = f"""
WITH RECURSIVE head(number) AS (
    SELECT :first
    UNION ALL
    SELECT (SELECT next.number FROM {_NEXT}
                AND next.organization = task.organization AND next.pool = task.pool
                AND next.engine = task.engine AND next.priority = task.priority
                AND next.batch > task.batch
            ORDER BY next.batch, next.due, next.ready_at, next.number LIMIT 1)
    FROM head JOIN task ON task.number = head.number)
SELECT {_COLUMNS}, 0 AS many FROM head JOIN task ON task.number = head.number"""  # noqa: S608
_RULES = """
SELECT EXISTS (SELECT 1 FROM running_limit) AS limits,
    EXISTS (SELECT 1 FROM pool WHERE paused) AS pauses,
    EXISTS (SELECT 1 FROM task WHERE state = 'ready' AND retry_at <= :now) AS due"""
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
        rules = self._db.one(_RULES, now=micros(now))
        if rules is not None and rules["due"]:
            self._db.run(
                "UPDATE task SET retry_at = NULL WHERE state = 'ready' AND retry_at <= :now",
                now=micros(now),
            )
        store = SqlCapacityStore(self._db)
        paused = store.paused() if rules is not None and rules["pauses"] else frozenset()
        limits = store.limits() if rules is not None and rules["limits"] else ()
        floor = _Floor(store, limits, room)
        taken: list[Head] = []
        while len(taken) < limit:
            heads = [
                head
                for head in self._heads(_GROUPS, taken)
                if _served(head.kind.pool, pools, paused) and floor.has_room(head)
            ]
            if not heads:
                break
            head = self._chosen(heads, taken, floor)
            floor.add(head)
            taken.append(head)
        return [(JobNumber(head.job), TaskNumber(head.number)) for head in taken]

    def _chosen(self, heads: list[Head], taken: Sequence[Head], floor: "_Floor") -> Head:
        """Whose turn it is. Turns are written down only where there is a choice."""
        if len(heads) == 1 and not heads[0].many:
            return heads[0]
        own: Sequence[Head] = heads
        organizations = {head.kind.organization for head in heads}
        if len(organizations) > 1:
            turns = self._turns("batch = -1 AND organization", organizations)
            own = next_organization(heads, floor.running, lambda whose: turns.get((whose, -1), 0))
        whose, urgent = own[0].kind.organization, min(head.priority for head in own)
        lanes = [x for head in own if head.priority == urgent for x in self._lanes(head, taken)]
        batches = {lane.kind.batch for lane in lanes}
        served: dict[tuple[int, int], int] = {}
        if len(batches) > 1:
            served = self._turns(f"organization = {whose} AND batch", batches)
        head = next_head(lanes, floor.running, lambda batch: served.get((whose, batch), 0))
        if len(organizations) > 1:
            self._note_turn(whose, OF_ALL)
        if len(batches) > 1:
            self._note_turn(whose, head.kind.batch)
        return head

    def _lanes(self, head: Head, taken: Sequence[Head]) -> Sequence[Head]:
        return self._heads(_LANES, taken, first=head.number) if head.many else [head]

    def _heads(self, sql: str, taken: Sequence[Head], **values: int) -> list[Head]:
        but = ""
        if taken:
            but = f"AND next.number NOT IN ({', '.join(str(head.number) for head in taken)})"
        return [_head(row) for row in self._db.all(sql.format(but=but), **values)]

    def _turns(self, condition: str, keys: Iterable[int]) -> dict[tuple[int, int], int]:
        """When each was last preferred, by organization and batch."""
        numbers = ", ".join(str(key) for key in keys)
        rows = self._db.all(
            f"SELECT organization, batch, served FROM turn WHERE {condition} IN ({numbers})"  # noqa: S608
        )
        return {(row["organization"], row["batch"]): row["served"] for row in rows}

    def _note_turn(self, organization: int, batch: int) -> None:
        self._db.run(
            """INSERT INTO turn (organization, batch, served)
               SELECT :organization, :batch, coalesce(max(served), 0) + 1 FROM turn WHERE true
               ON CONFLICT (organization, batch) DO UPDATE SET served = excluded.served""",
            organization=organization,
            batch=batch,
        )

    def waits_in(self, pool: str) -> bool:
        found = self._db.value(
            """SELECT EXISTS (SELECT 1 FROM organization WHERE EXISTS (
                   SELECT 1 FROM task INDEXED BY ix_task_ready
                   WHERE state = 'ready' AND retry_at IS NULL AND pool = :pool
                       AND task.organization = organization.number))""",
            pool=pool,
        )
        return bool(found)

    def next_due(self, now: datetime) -> datetime | None:
        return moment(
            self._db.value(
                "SELECT min(retry_at) FROM task WHERE state = 'ready' AND retry_at > :now",
                now=micros(now),
            )
        )


class _Floor:
    """What runs, counted on as tasks are taken; looked up when it is first needed."""

    def __init__(
        self, store: SqlCapacityStore, limits: Sequence[Limit], room: Mapping[str, int]
    ) -> None:
        self._store = store
        self._limits = limits
        self._room = dict(room)
        self._taken: Counter[Running] = Counter()
        self._running: Counter[Running] | None = None

    @property
    def running(self) -> Counter[Running]:
        if self._running is None:
            self._running = Counter(dict(self._store.running()))
            self._running.update(self._taken)
        return self._running

    def has_room(self, head: Head) -> bool:
        if self._room.get(head.kind.engine, 1) <= 0:
            return False
        return not self._limits or bool(open_heads([head], self._limits, self.running))

    def add(self, head: Head) -> None:
        if head.kind.engine in self._room:
            self._room[head.kind.engine] -= 1
        self._taken[head.kind] += 1
        if self._running is not None:
            self._running[head.kind] += 1


def _served(pool: str, pools: Sequence[str] | None, paused: frozenset[str]) -> bool:
    if pools is None:
        return pool != PLATFORM_POOL and pool not in paused
    return pool in pools and pool not in paused


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

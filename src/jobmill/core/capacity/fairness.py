"""Whose task is next. Pure: from the heads of the queue's lanes and from what runs, one head.

Organizations take turns whatever their priorities are: who runs least goes first, then who was
served longest ago, then who came last. Inside an organization the priority decides, then its
batches take turns in the same way (jobs without a batch are a lane together), and inside a lane
the due date and the age. See docs/decisions/0011-fair-turns.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from jobmill.core.capacity.model import Limit, Running

Served = Callable[[int], int]
"""When an organization, or a batch of one, was last preferred, in rising numbers; 0: never."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first ready task of a lane. `many`: other batches wait at the same priority."""

    kind: Running
    priority: int
    due: int
    ready_at: int
    job: int
    number: int
    many: bool = False

    @property
    def age(self) -> tuple[int, int, int]:
        """Its place inside its lane."""
        return self.due, self.ready_at, self.number


def open_heads(
    heads: Sequence[Head], limits: Sequence[Limit], running: Mapping[Running, int]
) -> list[Head]:
    """Those that no limit holds back."""
    full = [
        limit
        for limit in limits
        if sum(n for kind, n in running.items() if limit.covers(kind)) >= limit.running
    ]
    return [head for head in heads if not any(limit.covers(head.kind) for limit in full)]


def next_organization(
    heads: Sequence[Head], running: Mapping[Running, int], served: Served
) -> Sequence[Head]:
    """The heads of the organization whose turn it is."""
    newest: dict[int, int] = {}
    for head in heads:
        whose = head.kind.organization
        newest[whose] = max(newest.get(whose, 0), head.ready_at)
    busy = dict.fromkeys(newest, 0)
    for kind, count in running.items():
        if kind.organization in busy:
            busy[kind.organization] += count
    chosen = min(newest, key=lambda whose: (busy[whose], served(whose), -newest[whose], whose))
    return [head for head in heads if head.kind.organization == chosen]


def next_head(heads: Sequence[Head], running: Mapping[Running, int], served: Served) -> Head:
    """Of one organization's heads of one priority, the one whose batch's turn it is."""
    first: dict[int, Head] = {}
    for head in sorted(heads, key=lambda each: each.age):
        first.setdefault(head.kind.batch, head)
    if len(first) == 1:
        return next(iter(first.values()))
    busy = dict.fromkeys(first, 0)
    for kind, count in running.items():
        if kind.organization == heads[0].kind.organization and kind.batch in busy:
            busy[kind.batch] += count
    return min(
        first.values(),
        key=lambda head: (
            busy[head.kind.batch],
            served(head.kind.batch),
            head.age,
        ),
    )

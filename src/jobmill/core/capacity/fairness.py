"""Whose task is next. Pure: from the heads of the queue's lanes and from what runs, one head.

Organizations take turns whatever their priorities are: who runs least goes first, then who was
served longest ago, then who came last. Inside an organization the priority decides, then its
batches take turns in the same way (jobs without a batch are a lane together), and inside a lane
the due date and the age. See docs/decisions/0011-fair-turns.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobmill.core.capacity.model import Limit, Running


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


def in_turn(served: Mapping[int, int], busy: Mapping[int, int]) -> list[list[int]]:
    """Organizations, or the batches of one, in the order of their turns; those that are equal
    stand together.

    `served` says when each was last preferred, in rising numbers, 0 for never; `busy` how many
    tasks each has at work.
    """
    order: dict[tuple[int, int], list[int]] = {}
    for each, turn in served.items():
        order.setdefault((busy.get(each, 0), turn), []).append(each)
    return [order[key] for key in sorted(order)]


def newest_of(heads: Sequence[Sequence[Head]]) -> Sequence[Head]:
    """Of the heads of several organizations that are equal otherwise, those of the one that came
    last: nobody has waited for it yet."""
    return max(heads, key=lambda own: (max(x.ready_at for x in own), -own[0].kind.organization))

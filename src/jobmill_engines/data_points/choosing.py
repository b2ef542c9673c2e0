"""Which candidate each key is given: the best first, no piece of text twice. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jobmill_engines.data_points.candidates import Candidate
from jobmill_engines.documents.taxonomy import DataPoint

LEAST = 0.22
"""What scores less is no value."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate, how many labels say the same, and the best that says something else."""

    candidate: Candidate
    agreeing: int
    against: float


def choose(points: Sequence[DataPoint], found: Iterable[Candidate]) -> dict[str, list[Chosen]]:
    """By key: one, or, where it is repeated, those that have a label of their own."""
    repeated = {point.key for point in points if point.repeated}
    by_key: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in found:
        if candidate.score >= LEAST:
            by_key[candidate.key].append(candidate)
    chosen: dict[str, list[Chosen]] = defaultdict(list)
    taken: list[Candidate] = []
    for candidate in sorted(_all(by_key), key=lambda each: -each.score):
        has = chosen[candidate.key]
        if has and candidate.key not in repeated:
            continue
        if any(_overlap(candidate, other) for other in taken):
            continue
        if any(
            _same_label(candidate, each.candidate) or _same(candidate, each.candidate)
            for each in has
        ):
            continue
        rivals = by_key[candidate.key]
        has.append(_chosen(candidate, rivals))
        taken.append(candidate)
    return {key: _in_order(each) for key, each in chosen.items() if each}


def _all(by_key: Mapping[str, list[Candidate]]) -> Iterable[Candidate]:
    for candidates in by_key.values():
        yield from candidates


def _chosen(candidate: Candidate, rivals: Sequence[Candidate]) -> Chosen:
    labels = {id(each.label) for each in rivals if _same(each, candidate) and each.label}
    others = [each.score for each in rivals if not _same(each, candidate)]
    return Chosen(candidate, len(labels), max(others, default=0.0))


def _same(one: Candidate, other: Candidate) -> bool:
    return bool(one.value.value == other.value.value)


def _same_label(one: Candidate, other: Candidate) -> bool:
    return one.label is not None and one.label is other.label


def _overlap(one: Candidate, other: Candidate) -> bool:
    return one.segment is other.segment and one.start < other.end and other.start < one.end


def _in_order(chosen: list[Chosen]) -> list[Chosen]:
    def place(each: Chosen) -> tuple[int, float, float]:
        box = each.candidate.segment.box
        return each.candidate.segment.page, round(box.middle / max(1.0, box.height)), box.x0

    return sorted(chosen, key=place)

"""How right data points are: on layouts that the rules were written with, and on others.

`pytest -s` shows the figures of each field; docs/guides/documents.md has those of a larger run.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.engines.conftest import Install
from tests.engines.documents.chain import Scores, points
from tests.engines.documents.making import (
    known,
    known_flow,
    second,
    second_flow,
    third,
    unseen,
)
from tests.engines.documents.making.made import Writer
from tests.engines.documents.making.scanned import scan

SEEDS = 2
HARD = ("receipt", "in prose")
"""Goods without a header, facts in sentences: what the rules do not find, and do not make up."""


def score(folder: Path, writers: Sequence[Writer], seeds: Sequence[int]) -> Scores:
    scores = Scores()
    for writer in writers:
        for seed in seeds:
            made = writer.make(seed)
            scores.add(made, points(folder, made))
    print("", *scores.lines(), *scores.faults, sep="\n")
    return scores


def test_layouts_that_the_rules_were_written_with(tmp_path: Path) -> None:
    writers = [*known.WRITERS, *known_flow.WRITERS]
    whole = score(tmp_path, writers, range(SEEDS)).whole()
    assert whole.precision >= 0.99
    assert whole.recall >= 0.99


def test_layouts_that_the_rules_were_corrected_with(tmp_path: Path) -> None:
    writers = [*second.WRITERS, *second_flow.WRITERS, *third.WRITERS]
    easy = [writer for writer in writers if writer.name not in HARD]
    whole = score(tmp_path, easy, range(SEEDS)).whole()
    assert whole.precision >= 0.98
    assert whole.recall >= 0.95


def test_hard_layouts_lose_values_and_invent_none(tmp_path: Path) -> None:
    writers = [*second.WRITERS, *second_flow.WRITERS]
    hard = [writer for writer in writers if writer.name in HARD]
    whole = score(tmp_path, hard, range(SEEDS)).whole()
    assert whole.precision >= 0.95
    assert whole.invented == 0


@pytest.mark.parametrize("seeds", [range(50, 50 + SEEDS)], ids=["few"])
def test_layouts_that_were_held_out(tmp_path: Path, seeds: Sequence[int]) -> None:
    scores = score(tmp_path, unseen.WRITERS, seeds)
    whole = scores.whole()
    assert whole.precision >= 0.95
    assert whole.recall >= 0.95
    sure, count = scores.accuracy(0.8, 1.01)
    assert sure >= 0.95
    assert count > 100


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_noisy_scans(tmp_path: Path, real_models: Install) -> None:
    real_models("rapidocr")
    scores = Scores()
    papers = [writer for writer in (*known.WRITERS, *unseen.WRITERS) if "pdf" in writer.media_type]
    for writer in papers:
        made = scan(writer.make(100), seed=100)
        threads = len(os.sched_getaffinity(0))
        scores.add(made, points(tmp_path, made, reader="rapidocr", threads=threads))
    print("", *scores.lines(), *scores.faults, sep="\n")
    whole = scores.whole()
    assert whole.precision >= 0.85
    assert whole.recall >= 0.85

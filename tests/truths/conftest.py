"""A clinic for each test."""

from collections.abc import Iterator

import pytest

from tests.truths.clinic import Clinic


@pytest.fixture
def clinic() -> Iterator[Clinic]:
    made = Clinic()
    yield made
    made.close()

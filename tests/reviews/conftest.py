"""A desk for each test."""

from collections.abc import Iterator

import pytest

from tests.reviews.desk import Desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()

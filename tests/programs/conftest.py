"""A workshop for each test."""

from collections.abc import Iterator

import pytest

from tests.programs.workshop import Workshop


@pytest.fixture
def shop() -> Iterator[Workshop]:
    made = Workshop()
    yield made
    made.close()

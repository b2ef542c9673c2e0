"""A runner for each test, with namespaces where the machine gives them, and without."""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from jobmill.adapters.subprocess import SubprocessRunner

MakeRunner = Callable[..., AbstractAsyncContextManager[SubprocessRunner]]


@pytest.fixture
def runner(tmp_path: Path) -> MakeRunner:
    """Makes runners that are closed at the end of their block, leaving no record."""

    @contextlib.asynccontextmanager
    async def make(**options: Any) -> AsyncIterator[SubprocessRunner]:
        records = tmp_path / "records"
        made = SubprocessRunner(records, **options)
        try:
            yield made
        finally:
            await made.close()
        assert list(records.iterdir()) == []

    return make

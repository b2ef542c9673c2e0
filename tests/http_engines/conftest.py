"""A server that lets engines be on this machine, and is not as patient with them as usual."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from jobmill.adapters.http_engine import HttpLimits, runner
from tests.running import Running, running

LIMITS = partial(
    HttpLimits,
    silence_seconds=1.5,
    after_result_seconds=0.5,
    document_bytes=1 << 20,
    file_bytes=1 << 20,
    fresh_seconds=0.0,
)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("data")
    (data / "engines").symlink_to(Path(__file__).parent / "engines")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "HttpLimits", LIMITS)
        with running(data, engine_allow=("127.0.0.0/8",)) as server:
            yield server

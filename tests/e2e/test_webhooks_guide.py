"""The code that the guide on webhooks gives to receivers does what it says."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jobmill.core.ids import OrganizationNumber
from jobmill.core.webhooks import Message, Outgoing, Rendered
from jobmill.core.webhooks.standard import new_secret, render

GUIDE = Path(__file__).parents[2] / "docs/guides/webhooks.md"
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.S)
OLD, NEW = new_secret(), new_secret()


def sent(*secrets: str, at: float | None = None) -> Rendered:
    now = datetime.fromtimestamp(time.time() if at is None else at, UTC)
    message = Message("msg_1", OrganizationNumber(1), "job.completed", now, {"event": 1})
    return render(Outgoing(message, now, 1, secrets))


@pytest.fixture
def genuine() -> Callable[[str, Any, bytes], bool]:
    names: dict[str, Any] = {}
    exec(next(block for block in BLOCKS if "def genuine" in block), names)
    return names["genuine"]  # type: ignore[no-any-return]


def test_the_guides_own_check_takes_what_is_genuine_and_nothing_else(
    genuine: Callable[[str, Any, bytes], bool],
) -> None:
    got = sent(NEW, OLD)
    assert genuine(OLD, got.headers, got.body)
    assert genuine(NEW, got.headers, got.body)
    assert not genuine(new_secret(), got.headers, got.body)
    assert not genuine(NEW, got.headers, got.body + b" ")
    late = sent(NEW, at=time.time() - 600)
    assert not genuine(NEW, late.headers, late.body)


def test_the_guides_receiver_takes_an_event_once_and_refuses_a_forgery() -> None:
    seen: set[str] = set()
    handled: list[Any] = []

    def seen_before(name: str) -> bool:
        known = name in seen
        seen.add(name)
        return known

    block = next(block for block in BLOCKS if "def receive" in block)
    names: dict[str, Any] = {"seen_before": seen_before, "handle": handled.append}
    exec(block.replace("whsec_…", NEW), names)
    got = sent(NEW)
    assert [names["receive"](dict(got.headers), got.body) for _ in range(2)] == [204, 204]
    assert [event["type"] for event in handled] == ["job.completed"]
    forged = sent(OLD)
    assert names["receive"](dict(forged.headers), forged.body) == 400

"""The pure parts: filters, the schedule, the standard format."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from jobmill.core.errors import InvalidInput
from jobmill.core.events import EventType
from jobmill.core.ids import OrganizationNumber
from jobmill.core.webhooks import Message, Outgoing
from jobmill.core.webhooks.filters import checked_patterns, wants
from jobmill.core.webhooks.schedule import SCHEDULE, given_up, pause_after
from jobmill.core.webhooks.standard import STANDARD, check_secret, new_secret, render

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "event", "wanted"),
    [
        ("*", "job.completed", True),
        ("job.*", "job.completed", True),
        ("job.*", "task.done", False),
        ("job.completed", "job.completed", True),
        ("job.completed", "job.failed", False),
    ],
)
def test_a_pattern_names_a_type_a_subject_or_all(pattern: str, event: str, wanted: bool) -> None:
    assert wants([pattern], event) is wanted


@pytest.mark.parametrize("pattern", ["job", "job.", "*.completed", "JOB.*", "", "jobs.*", "job.c*"])
def test_a_pattern_that_can_never_match_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_patterns([pattern], "events")
    assert refused.value.field == "events"


def test_every_type_of_event_can_be_asked_for() -> None:
    names = [event.value for event in EventType]
    assert checked_patterns([*names, *names], "events") == tuple(names)


@given(st.floats(0, 0.999), st.integers(1, len(SCHEDULE)))
def test_a_pause_is_as_long_as_the_table_says_or_a_fifth_longer(jitter: float, tries: int) -> None:
    pause = pause_after(tries, jitter, None)
    assert pause is not None
    assert SCHEDULE[tries - 1] <= pause <= SCHEDULE[tries - 1] * 1.2


def test_the_table_lasts_three_days_and_then_ends() -> None:
    assert timedelta(days=3) < sum(SCHEDULE, timedelta(0)) < timedelta(days=4)
    assert pause_after(len(SCHEDULE) + 1, 0, None) is None
    assert pause_after(len(SCHEDULE) + 1, 0, 10.0) is None


def test_a_receiver_may_ask_for_a_longer_pause_never_for_a_shorter_one_or_for_weeks() -> None:
    assert pause_after(1, 0, 60.0) == timedelta(seconds=60)
    assert pause_after(2, 0, 1.0) == SCHEDULE[1]
    assert pause_after(1, 0, 1e9) == timedelta(days=1)


def test_an_endpoint_is_given_up_after_days_and_many_failures_only() -> None:
    long_ago = NOW - timedelta(days=5)
    assert given_up(long_ago, 10, NOW)
    assert not given_up(long_ago, 9, NOW)
    assert not given_up(long_ago + timedelta(seconds=1), 1000, NOW)
    assert not given_up(None, 1000, NOW)


def outgoing(*secrets: str, **data: object) -> Outgoing:
    message = Message("msg_1", OrganizationNumber(1), "job.completed", NOW, data)
    return Outgoing(message, datetime.now(UTC), 1, secrets)


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_the_published_library_takes_what_is_signed(data: dict[str, object]) -> None:
    secret = new_secret()
    rendered = render(outgoing(secret, data=data))
    told = Webhook(secret).verify(rendered.body, dict(rendered.headers))
    assert (told["type"], told["timestamp"]) == ("job.completed", "2026-01-01T12:00:00.000000Z")


def test_each_secret_gives_a_signature_of_its_own() -> None:
    old, new = new_secret(), new_secret()
    rendered = render(outgoing(new, old))
    assert rendered.headers["webhook-signature"].count("v1,") == 2
    for secret in (old, new):
        Webhook(secret).verify(rendered.body, dict(rendered.headers))


@pytest.mark.parametrize("secret", ["whsec_" + "QUFB" * 8, "QUFB" * 8, "whsec_" + "QUFB" * 21])
def test_a_secret_of_24_to_64_bytes_will_do(secret: str) -> None:
    check_secret(secret)


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_QUFB", "whsec_" + "QUFB" * 22, "whsec_" + "Ä" * 32, "x" * 31]
)
def test_any_other_secret_is_refused(secret: str) -> None:
    with pytest.raises(InvalidInput):
        check_secret(secret)


def test_the_standard_format_makes_secrets_that_it_takes() -> None:
    STANDARD.check_secret(STANDARD.new_secret())
    assert STANDARD.new_secret() != STANDARD.new_secret()

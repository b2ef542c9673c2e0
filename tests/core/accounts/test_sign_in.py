"""Sessions and attempts: when they end, to the moment."""

import hashlib
from datetime import timedelta

import pytest

from jobmill.core.accounts import Principal, bearer_principal, renewed, session_principal
from jobmill.core.accounts.passwords import check_password, hash_password, password_fits
from jobmill.core.accounts.service.authenticate import SESSION_IDLE, SESSION_LIFE, new_key
from jobmill.core.accounts.service.sign_in import (
    PER_ACCOUNT,
    PER_ADDRESS,
    WINDOW,
    begin_sign_in,
    close_session,
    finish_sign_in,
    open_bearer_session,
    open_session,
    touch_session,
)
from jobmill.core.accounts.service.users import UserChange, change_user
from jobmill.core.errors import InvalidInput, LoginFailed, NotAuthenticated, TooManyAttempts
from jobmill.core.jobs.ports import UnitOfWork
from tests.core.accounts.conftest import Enter
from tests.core.graphs import NOW, after

TICK = timedelta(microseconds=1)


def test_a_password_fits_its_own_hash_only() -> None:
    kept = hash_password("größer 🔑")
    assert "größer" not in kept
    assert hash_password("größer 🔑") != kept, "each has a salt of its own"
    assert password_fits("größer 🔑", kept)
    assert not password_fits("größer", kept)
    assert not password_fits("", None)
    assert not password_fits("\ud800", kept)


def test_a_look_takes_as_long_where_there_is_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the time of an answer would tell who has an account."""
    costs: list[tuple[int, int, int]] = []

    def counted(secret: bytes, **given: int) -> bytes:
        costs.append((given["n"], given["r"], given["p"]))
        return bytes(64)

    kept = hash_password("long enough")
    monkeypatch.setattr(hashlib, "scrypt", counted)
    assert not password_fits("wrong", kept)
    assert not password_fits("wrong", None)
    assert len(costs) == 2
    assert costs[0] == costs[1]


@pytest.mark.parametrize("wrong", ["", "7 chars", "x" * 1025])
def test_a_password_has_a_length(wrong: str) -> None:
    with pytest.raises(InvalidInput):
        check_password(wrong)


def test_a_session_ends_of_idleness_and_at_its_age_to_the_moment(
    work: UnitOfWork, enter: Enter
) -> None:
    user = work.accounts.user(enter("ada").user)
    assert user is not None
    _, token = open_session(work, user, NOW)
    idle = NOW + SESSION_IDLE
    assert session_principal(work, token, idle - TICK)[0].user == user.number
    with pytest.raises(NotAuthenticated, match="expired"):
        session_principal(work, token, idle)
    now = NOW
    while now + SESSION_IDLE < NOW + SESSION_LIFE:
        now += SESSION_IDLE - TICK
        who, _ = session_principal(work, token, now)
        touch_session(work, who, now)
    who, _ = session_principal(work, token, NOW + SESSION_LIFE - TICK)
    assert who.credential is not None
    assert who.credential.until == NOW + SESSION_LIFE
    with pytest.raises(NotAuthenticated, match="expired"):
        session_principal(work, token, NOW + SESSION_LIFE)
    with pytest.raises(NotAuthenticated):
        renewed(work, who, NOW + SESSION_LIFE)


@pytest.mark.parametrize(
    ("granted", "rights", "left"),
    [
        (["*"], ["jobs:read"], {"jobs:read"}),
        (["*"], ["*"], {"*"}),
        (["jobs:read", "keys:read"], ["*"], {"jobs:read", "keys:read"}),
        (["jobs:read", "keys:read"], ["jobs:read", "jobs:write"], {"jobs:read"}),
    ],
)
def test_a_token_opened_for_a_key_has_no_more_rights_than_it_and_no_fewer_than_both(
    work: UnitOfWork, enter: Enter, granted: list[str], rights: list[str], left: set[str]
) -> None:
    user = work.accounts.user(enter("ada").user)
    assert user is not None
    key, _ = new_key(work.accounts, user, "client", rights, NOW)
    _, token = open_bearer_session(work, user, NOW, rights=granted, key=key.id)
    assert bearer_principal(work, token, NOW).rights == left


def test_a_token_opened_for_a_key_ends_with_it(work: UnitOfWork, enter: Enter) -> None:
    user = work.accounts.user(enter("ada").user)
    assert user is not None
    end = NOW + timedelta(hours=1)
    key, _ = new_key(work.accounts, user, "client", ["*"], NOW, end)
    _, token = open_bearer_session(work, user, NOW, key=key.id)
    who = bearer_principal(work, token, end - TICK)
    assert who.credential is not None
    assert who.credential.until == end
    with pytest.raises(NotAuthenticated, match="expired"):
        bearer_principal(work, token, end)
    with pytest.raises(NotAuthenticated, match="expired"):
        renewed(work, who, end)


def test_signing_out_ends_one_session_and_again_is_nothing(work: UnitOfWork, enter: Enter) -> None:
    user = work.accounts.user(enter("ada").user)
    assert user is not None
    (_, first), (_, second) = open_session(work, user, NOW), open_session(work, user, NOW)
    close_session(work, first)
    close_session(work, first)
    with pytest.raises(NotAuthenticated):
        session_principal(work, first, NOW)
    assert session_principal(work, second, NOW)


def test_a_password_that_changed_meanwhile_opens_nothing(
    work: UnitOfWork, admin: Principal, enter: Enter
) -> None:
    enter("ada")
    given = UserChange(email="ada@x.org", password_hash="old")
    change_user(work, admin, "ada", given, NOW)
    attempt = begin_sign_in(work, " ADA@x.org ", "1.2.3.4", NOW)
    assert attempt.password == "old"
    change_user(work, admin, "ada", UserChange(password_hash="new"), NOW)
    with pytest.raises(LoginFailed):
        finish_sign_in(work, attempt, True, NOW)


def test_an_account_is_heard_again_when_its_oldest_attempt_is_forgotten(work: UnitOfWork) -> None:
    for second in range(PER_ACCOUNT):
        begin_sign_in(work, "a@x.org", f"10.0.0.{second}", after(second))
    with pytest.raises(TooManyAttempts) as refused:
        begin_sign_in(work, "A@x.org", "10.0.1.1", after(60))
    assert refused.value.details["retry_after"] == WINDOW.total_seconds() - 60
    with pytest.raises(TooManyAttempts):
        begin_sign_in(work, "a@x.org", "10.0.1.1", NOW + WINDOW - TICK)
    begin_sign_in(work, "a@x.org", "10.0.1.1", NOW + WINDOW)
    with pytest.raises(TooManyAttempts):
        begin_sign_in(work, "a@x.org", "10.0.1.1", NOW + WINDOW)


def test_an_address_is_limited_over_all_accounts(work: UnitOfWork) -> None:
    for index in range(PER_ADDRESS):
        begin_sign_in(work, f"{index}@x.org", "10.0.0.1", NOW)
    with pytest.raises(TooManyAttempts):
        begin_sign_in(work, "other@x.org", "10.0.0.1", NOW)
    assert begin_sign_in(work, "other@x.org", "10.0.0.2", NOW)


def test_a_success_forgives_the_account_but_not_the_address(
    work: UnitOfWork, admin: Principal, enter: Enter
) -> None:
    """Else whoever has one account could try all others in between."""
    enter("ada")
    change_user(work, admin, "ada", UserChange(email="a@x.org", password_hash="h"), NOW)
    for index in range(PER_ADDRESS - 1):
        begin_sign_in(work, f"{index}@x.org", "10.0.0.1", NOW)
    for _ in range(3):
        attempt = begin_sign_in(work, "a@x.org", "10.0.0.1", NOW)
        finish_sign_in(work, attempt, True, NOW)
    begin_sign_in(work, "b@x.org", "10.0.0.1", NOW)
    with pytest.raises(TooManyAttempts):
        begin_sign_in(work, "a@x.org", "10.0.0.1", NOW)


def test_what_is_over_is_deleted_with_the_next_attempt(work: UnitOfWork, enter: Enter) -> None:
    user = work.accounts.user(enter("ada").user)
    assert user is not None
    session, _ = open_session(work, user, NOW)
    begin_sign_in(work, "a@x.org", "10.0.0.1", NOW)
    begin_sign_in(work, "b@x.org", "10.0.0.2", NOW + SESSION_LIFE)
    assert work.sessions.by_id(session.id) is None
    assert work.sessions.attempts("address:10.0.0.1", NOW - WINDOW, 9) == []

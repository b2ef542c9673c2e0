"""Users, teams, organizations and keys: who makes and changes them, and what is always refused."""

from datetime import timedelta

import pytest

from jobmill.core.accounts import Principal, Right, authenticate, gentoo_principal
from jobmill.core.accounts.service.keys import (
    NewKey,
    change_key,
    create_key,
    get_key,
    list_keys,
    revoke_key,
)
from jobmill.core.accounts.service.organizations import (
    create_organization,
    list_organizations,
    remove_organization,
    rename_organization,
)
from jobmill.core.accounts.service.teams import create_team, join_team, list_members
from jobmill.core.accounts.service.users import (
    NewUser,
    UserChange,
    change_user,
    create_user,
    get_user,
    list_users,
    remove_user,
)
from jobmill.core.errors import (
    Conflict,
    InvalidInput,
    KeyNotFound,
    LastAdmin,
    NameTaken,
    NotAllowed,
    NotAuthenticated,
    OrganizationInUse,
    UserNotFound,
)
from jobmill.core.jobs.ports import UnitOfWork
from tests.adapters.stores.seeds import add_job
from tests.core.accounts.conftest import Enter
from tests.core.graphs import NOW, after


@pytest.mark.parametrize("name", ["", "  ", "*", "x" * 201, "a\nb", "\u202eevil"])
def test_a_name_is_readable(work: UnitOfWork, admin: Principal, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_user(work.accounts, admin, NewUser(name), NOW)
    assert refused.value.field == "name"


@pytest.mark.parametrize("email", ["x", "@x", "x@", "a b@x.org", "a@b@c", "a@" + "x" * 260])
def test_an_address_is_one(work: UnitOfWork, admin: Principal, email: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_user(work.accounts, admin, NewUser("ada", email), NOW)
    assert refused.value.field == "email"


def test_a_password_needs_an_address(work: UnitOfWork, admin: Principal) -> None:
    with pytest.raises(InvalidInput):
        create_user(work.accounts, admin, NewUser("ada", password_hash="h"), NOW)


def test_names_are_unique_in_an_organization_and_addresses_on_the_server(
    work: UnitOfWork, admin: Principal
) -> None:
    create_user(work.accounts, admin, NewUser("ada", "Ada@X.org"), NOW)
    with pytest.raises(NameTaken, match="ada"):
        create_user(work.accounts, admin, NewUser(" ada "), NOW)
    _, key = create_organization(work.accounts, admin, "other", NOW)
    other = authenticate(work.accounts, key, NOW)
    with pytest.raises(NameTaken) as refused:
        create_user(work.accounts, other, NewUser("ada", "ada@x.ORG"), NOW)
    assert refused.value.field == "email"
    assert create_user(work.accounts, other, NewUser("ada"), NOW).organization == other.organization


def test_a_user_is_named_in_three_ways_within_the_organization_only(
    work: UnitOfWork, admin: Principal
) -> None:
    made = create_user(work.accounts, admin, NewUser("ada", "ada@x.org"), NOW)
    for name in (made.id, "ADA@x.org", "ada"):
        assert get_user(work.accounts, admin, name) == made
    _, key = create_organization(work.accounts, admin, "other", NOW)
    other = authenticate(work.accounts, key, NOW)
    for name in (made.id, "ada@x.org", "ada"):
        with pytest.raises(UserNotFound):
            get_user(work.accounts, other, name)


def test_a_removed_user_leaves_name_address_and_jobs(
    work: UnitOfWork, admin: Principal, enter: Enter
) -> None:
    ada = enter("ada")
    change_user(work, admin, "ada", UserChange(email="ada@x.org"), NOW)
    job = add_job(work, by=(ada.organization, ada.user)).job
    (kept,) = list_keys(work.accounts, ada, None, 0, 9)
    create_team(work, admin, "team", ["ada"], NOW)
    remove_user(work, admin, "ada", after(1))
    assert get_key(work.accounts, admin, kept.key.id).key.revoked_at == after(1)
    assert list_members(work.teams, admin, "team", 0, 9) == []
    assert "ada" not in {each.name for each in list_users(work.accounts, admin, 0, 99)}
    with pytest.raises(UserNotFound):
        get_user(work.accounts, admin, "ada")
    again = create_user(work.accounts, admin, NewUser("ada", "ada@x.org"), NOW)
    assert again.number != ada.user
    graph = work.jobs.graph(job.number)
    assert graph is not None
    assert graph.job.owner == ada.user


def test_an_organization_keeps_an_admin_who_can_get_in(
    work: UnitOfWork, admin: Principal, enter: Enter
) -> None:
    for change in (UserChange(admin=False), UserChange(disabled=True)):
        with pytest.raises(LastAdmin):
            change_user(work, admin, "admin", change, NOW)
    second = enter("second", is_admin=True)
    change_user(work, admin, "admin", UserChange(disabled=True), NOW)
    with pytest.raises(LastAdmin):
        remove_user(work, second, "second", NOW)


def test_the_servers_own_users_are_disabled_but_not_removed(
    work: UnitOfWork, admin: Principal, enter: Enter
) -> None:
    enter("second", is_admin=True)
    for name in ("admin", "gentoo"):
        with pytest.raises(Conflict):
            remove_user(work, admin, name, NOW)
        with pytest.raises(Conflict):
            change_user(work, admin, name, UserChange(name="x"), NOW)
    assert gentoo_principal(work.accounts).admin
    change_user(work, admin, "gentoo", UserChange(admin=False), NOW)
    assert not gentoo_principal(work.accounts).admin
    change_user(work, admin, "gentoo", UserChange(disabled=True), NOW)
    with pytest.raises(NotAllowed, match="disabled"):
        gentoo_principal(work.accounts)


def test_who_is_no_admin_changes_their_own_name_alone(work: UnitOfWork, enter: Enter) -> None:
    ada, _ = enter("ada"), enter("ben")
    assert change_user(work, ada, "ada", UserChange(name="Ada"), NOW).name == "Ada"
    with pytest.raises(NotAllowed):
        change_user(work, ada, "ben", UserChange(name="x"), NOW)
    for change in (
        UserChange(admin=True),
        UserChange(email="x@y.z"),
        UserChange(disabled=False),
        UserChange(password_hash="h"),
    ):
        with pytest.raises(NotAllowed):
            change_user(work, ada, "Ada", change, NOW)


def test_a_disabled_users_keys_open_nothing_until_they_are_enabled(
    work: UnitOfWork, admin: Principal, enter: Enter
) -> None:
    enter("ada")
    _, key = create_key(work.accounts, admin, NewKey("k", "ada"), NOW)
    change_user(work, admin, "ada", UserChange(disabled=True), NOW)
    with pytest.raises(NotAuthenticated, match="disabled"):
        authenticate(work.accounts, key, NOW)
    change_user(work, admin, "ada", UserChange(disabled=False), NOW)
    assert authenticate(work.accounts, key, NOW).user_name == "ada"


def test_nobody_hands_on_a_right_that_they_lack(work: UnitOfWork, enter: Enter) -> None:
    ada = enter("ada", Right.KEYS_WRITE, Right.KEYS_READ, Right.JOBS_READ)
    view, key = create_key(work.accounts, ada, NewKey("same"), NOW)
    assert authenticate(work.accounts, key, NOW).rights == ada.rights
    for rights in (("*",), ("jobs:write",), ("jobs:read", "jobs:write")):
        with pytest.raises(NotAllowed):
            create_key(work.accounts, ada, NewKey("more", rights=rights), NOW)
        with pytest.raises(NotAllowed):
            change_key(work.accounts, ada, view.key.id, rights=rights)
    for wrong in ((), ("jobs",)):
        with pytest.raises(InvalidInput):
            create_key(work.accounts, ada, NewKey("wrong", rights=wrong), NOW)
    assert change_key(work.accounts, ada, view.key.id, rights=["jobs:read"]).key.rights == (
        "jobs:read",
    )


def test_a_key_makes_none_that_outlives_it(work: UnitOfWork, admin: Principal) -> None:
    soon, later = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    _, short = create_key(work.accounts, admin, NewKey("short", expires_at=soon), NOW)
    holder = authenticate(work.accounts, short, NOW)
    assert create_key(work.accounts, holder, NewKey("same"), NOW)[0].key.expires_at == soon
    sooner = NewKey("sooner", expires_at=NOW + timedelta(minutes=1))
    assert create_key(work.accounts, holder, sooner, NOW)[0].key.expires_at == sooner.expires_at
    with pytest.raises(NotAllowed) as refusal:
        create_key(work.accounts, holder, NewKey("later", expires_at=later), NOW)
    assert refusal.value.field == "expires_at"
    assert create_key(work.accounts, admin, NewKey("lasting"), NOW)[0].key.expires_at is None


def test_a_key_is_its_users_and_the_admins_business(
    work: UnitOfWork, admin: Principal, enter: Enter
) -> None:
    ada, ben = enter("ada"), enter("ben")
    with pytest.raises(NotAllowed):
        create_key(work.accounts, ben, NewKey("k", "ada"), NOW)
    view, key = create_key(work.accounts, admin, NewKey("k", "ada", expires_at=after(9)), NOW)
    assert {each.key.id for each in list_keys(work.accounts, ada, None, 0, 99)} > {view.key.id}
    assert list_keys(work.accounts, ben, "ada", 0, 99) == []
    for act in (get_key, lambda *a: revoke_key(*a, NOW), lambda *a: change_key(*a, name="x")):
        with pytest.raises(KeyNotFound):
            act(work.accounts, ben, view.key.id)
    revoke_key(work.accounts, ada, view.key.id, after(1))
    revoke_key(work.accounts, ada, view.key.id, after(2))
    assert get_key(work.accounts, ada, view.key.id).key.revoked_at == after(1)
    with pytest.raises(NotAuthenticated, match="revoked"):
        authenticate(work.accounts, key, after(1))
    with pytest.raises(InvalidInput):
        create_key(work.accounts, ada, NewKey("late", expires_at=NOW), NOW)


def test_only_operators_make_and_remove_organizations(work: UnitOfWork, admin: Principal) -> None:
    made, key = create_organization(work.accounts, admin, "other", NOW)
    other = authenticate(work.accounts, key, NOW)
    assert other.admin
    with pytest.raises(NotAllowed):
        create_organization(work.accounts, other, "third", NOW)
    with pytest.raises(NameTaken):
        create_organization(work.accounts, admin, "other", NOW)
    with pytest.raises(NotAllowed):
        remove_organization(work.accounts, other, made.id)
    assert list_organizations(work.accounts, other, 0, 9) == [made]
    assert rename_organization(work.accounts, other, made.id, "new").name == "new"
    remove_organization(work.accounts, admin, made.id)
    with pytest.raises(NotAuthenticated):
        authenticate(work.accounts, key, NOW)


def test_an_organization_that_owns_something_stays(work: UnitOfWork, admin: Principal) -> None:
    made, key = create_organization(work.accounts, admin, "other", NOW)
    other = authenticate(work.accounts, key, NOW)
    add_job(work, by=(other.organization, other.user))
    with pytest.raises(OrganizationInUse):
        remove_organization(work.accounts, admin, made.id)
    first = work.accounts.first_organization()
    assert first is not None
    with pytest.raises(OrganizationInUse):
        remove_organization(work.accounts, admin, first.id)


def test_a_team_holds_users_of_its_own_organization(work: UnitOfWork, admin: Principal) -> None:
    _, key = create_organization(work.accounts, admin, "other", NOW)
    other = authenticate(work.accounts, key, NOW)
    foreign = create_user(work.accounts, other, NewUser("eve", "eve@x.org"), NOW)
    with pytest.raises(InvalidInput) as refused:
        create_team(work, admin, "team", ["admin", "eve@x.org"], NOW)
    assert refused.value.field == "members.1"
    create_team(work, admin, "team", ["admin", "admin"], NOW)
    assert len(list_members(work.teams, admin, "team", 0, 9)) == 1
    with pytest.raises(UserNotFound):
        join_team(work, admin, "team", foreign.id)


def test_the_first_organization_may_be_renamed_and_stays_the_first(
    work: UnitOfWork, admin: Principal
) -> None:
    from jobmill.core.accounts import ensure_first_accounts

    first = work.accounts.first_organization()
    assert first is not None
    rename_organization(work.accounts, admin, first.id, "Archive")
    organization, user = ensure_first_accounts(work.accounts)
    assert (organization.number, organization.name) == (first.number, "Archive")
    assert user.number == admin.user
    assert gentoo_principal(work.accounts).organization == first.number

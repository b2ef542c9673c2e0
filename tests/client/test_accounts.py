"""Accounts by the client: users, teams, keys, organizations, collaborators."""

from datetime import UTC, datetime

import pytest

from jobmill_client import Conflict, Jobmill, NotAuthenticated, NotFound
from tests.serving import ServerProcess


def test_another_user_sees_a_job_once_it_is_shared(client: Jobmill, server: ServerProcess) -> None:
    user = client.users.create("dora", email="dora@x.org", password="long enough")
    key = client.keys.create("k", user="dora@x.org", rights=["jobs:read"])
    assert key.key
    job = client.jobs.create(input={"json": 1}, tasks=[{"engine": "noop"}])
    with Jobmill(server.url, key.key) as other:
        assert other.me().user.id == user.id
        with pytest.raises(NotFound):
            other.jobs.get(job.id)
        (shared,) = client.collaborators.set(job.id, [{"user": user.id, "steps": ["check"]}])
        assert shared.user is not None
        assert (shared.user.email, shared.steps) == ("dora@x.org", ("check",))
        assert other.jobs.get(job.id).id == job.id
        assert other.collaborators.of(job.id) == (shared,)
        (again, everybody) = client.collaborators.add(
            job.id, [{"user": user.id, "steps": ["sign"]}, {"user": "*"}]
        )
        assert (again.steps, everybody.everybody) == (("check", "sign"), True)
        client.collaborators.remove(job.id, user="*")
        assert client.collaborators.of(job.id) == (again,)
        client.keys.revoke(key.id)
        with pytest.raises(NotAuthenticated):
            other.me()
    assert client.keys.get(key.id).revoked_at is not None
    client.users.remove("dora")


def test_teams_and_users_are_changed_by_name(client: Jobmill) -> None:
    client.users.create("emil")
    team = client.teams.create("night shift", members=["emil"])
    assert [each.name for each in client.teams.members(team.id)] == ["emil"]
    assert client.teams.rename("night shift", "day shift").id == team.id
    assert client.users.change("emil", disabled=True).disabled
    with pytest.raises(Conflict):
        client.users.create("emil")
    client.teams.remove(team.id)
    client.users.remove("emil")


def test_an_organization_comes_with_a_key_and_goes_when_it_is_empty(
    client: Jobmill, server: ServerProcess
) -> None:
    made = client.organizations.create("Archive")
    assert made.key
    with Jobmill(server.url, made.key) as admin:
        me = admin.me()
        assert (me.organization.id, me.user.admin, me.until) == (made.id, True, None)
        soon = admin.keys.create("soon over", expires_at=datetime(2099, 1, 1, tzinfo=UTC))
        assert soon.expires_at == datetime(2099, 1, 1, tzinfo=UTC)
    assert client.organizations.rename(made.id, "Old archive").name == "Old archive"
    client.organizations.delete(made.id)
    assert made.id not in {each.id for each in client.organizations.list()}

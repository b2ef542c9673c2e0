"""Users, teams and keys, by commands."""

from datetime import datetime
from pathlib import Path

from tests.cli.conftest import Run


def test_a_user_is_added_edited_disabled_and_removed(run: Run) -> None:
    made = run("users", "add", "Ada", "--email", "Ada@x.org", "--password", stdin="long enough\n")
    assert made.code == 0, made.err
    shown = run("users", "show", "ada@x.org", "--json").json
    assert (shown["id"], shown["password_set"]) == (made.out.strip(), True)
    assert run("users", "edit", "Ada", "--admin", "--json").json["admin"] is True
    assert (
        run("users", "edit", "Ada", "--no-admin", "--name", "Ada L.", "--json").json["admin"]
        is False
    )
    assert run("users", "disable", "ada@x.org", "--json").json["disabled"] is True
    assert "disabled" in run("users", "list").out
    assert run("users", "enable", "ada@x.org").code == 0
    assert run("users", "remove", "ada@x.org").code == 0
    assert run("users", "show", "ada@x.org").code == 1
    assert "Ada" not in run("users", "list", "--json").out


def test_a_team_gets_members_and_loses_them(run: Run) -> None:
    for name in ("ben", "cleo"):
        assert run("users", "add", name).code == 0
    team = run("teams", "add", "crew", "--member", "ben", "--json").json
    assert team["name"] == "crew"
    assert run("teams", "join", "crew", "cleo").code == 0
    assert [each["name"] for each in run("teams", "members", "crew", "--json").lines] == [
        "ben",
        "cleo",
    ]
    assert run("teams", "leave", "crew", "ben").code == 0
    assert run("teams", "leave", "crew", "ben").code == 1
    assert "crew" in run("teams", "list").out
    assert run("teams", "remove", team["id"]).code == 0
    assert run("teams", "members", "crew").code == 1


def test_a_key_opens_until_it_is_revoked(run: Run) -> None:
    made = run(
        "keys", "add", "nightly", "--right", "jobs:read", "--expires", "2099-01-01T00:00:00Z"
    )
    key = made.out.strip()
    assert run("jobs", "--key", key).code == 0
    assert run("users", "list", "--key", key).code == 3
    (listed,) = [each for each in run("keys", "list", "--json").lines if each["name"] == "nightly"]
    assert listed["rights"] == ["jobs:read"]
    assert key not in run("keys", "list").out
    assert run("keys", "revoke", listed["id"]).code == 0
    assert run("jobs", "--key", key).code == 3
    assert "revoked" in run("keys", "list", "--user", "admin").out


def test_a_time_that_is_none_is_wrong_usage(run: Run) -> None:
    refused = run("keys", "add", "x", "--expires", "tomorrow")
    assert (refused.code, "such as 2030-01-31" in refused.err) == (2, True)


def test_a_time_without_a_zone_is_this_machines(run: Run) -> None:
    assert run("keys", "add", "local", "--expires", "2099-01-01T00:00:00").code == 0
    (made,) = [each for each in run("keys", "list", "--json").lines if each["name"] == "local"]
    meant = datetime(2099, 1, 1).astimezone()
    assert datetime.fromisoformat(made["expires_at"]) == meant


def test_an_organization_is_added_renamed_and_removed(run: Run) -> None:
    key = run("organizations", "add", "Archive").out.strip()
    assert run("jobs", "--key", key).code == 0
    assert "Archive" in run("organizations", "list").out
    assert run("organizations", "rename", "Archive", "Vault").code == 0
    (own,) = run("organizations", "list", "--key", key, "--json").lines
    assert own["name"] == "Vault"
    assert run("organizations", "remove", "Archive").code == 1, "it has another name now"
    assert run("organizations", "add", "Other", "--key", key).code == 3
    assert run("organizations", "remove", "Vault").code == 0
    assert "Vault" not in run("organizations", "list").out


def test_a_job_is_shared_with_more_and_then_with_fewer(run: Run, graph: Path) -> None:
    for name in ("dora", "egon"):
        assert run("users", "add", name).code == 0
    assert run("teams", "add", "desk", "--member", "egon").code == 0
    job = run("run", "--input-json", "1", "--graph", str(graph), "--no-wait", "--json").json
    assert "nobody" in run("share", job["id"]).out
    first = run("share", job["id"], "--user", "dora", "--step", "manage", "--json")
    assert [each["user"]["name"] for each in first.lines] == ["dora"]
    more = run("share", job["id"], "--team", "desk", "--everybody", "--json").lines
    assert [each["steps"] for each in more] == [["manage"], [], []]
    assert "desk" in run("share", job["id"]).out
    left = run("unshare", job["id"], "--user", "dora", "--everybody", "--json").lines
    assert [each["team"]["name"] for each in left] == ["desk"]
    again = run("unshare", job["id"], "--user", "dora")
    assert again.code != 0
    assert "not shared with 'dora'" in again.err
    assert run("share", job["id"], "--step", "manage").code == 2, "nobody was named"
    assert run("unshare", job["id"]).out.strip() == "It is shared with nobody."

"""Users, teams and keys, by commands."""

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
    assert (refused.code, "2027-01-01" in refused.err) == (2, True)

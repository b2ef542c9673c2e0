"""The blocking and the asynchronous client have the same calls with the same arguments."""

import inspect
from collections.abc import Iterator

import pytest

from jobmill_client import AsyncJobmill, Jobmill
from jobmill_client.calls import Awaited, Blocking, call, stream

OTHER_NAME = {"close": "aclose", "__enter__": "__aenter__", "__exit__": "__aexit__"}


@pytest.fixture
def clients() -> Iterator[tuple[Jobmill, AsyncJobmill]]:
    with Jobmill("http://server") as blocking:
        yield blocking, AsyncJobmill("http://server")


def names(of: object) -> set[str]:
    return {name for name in dir(of) if not name.startswith("_")}


def groups(client: object) -> dict[str, object]:
    kinds = (Blocking, Awaited)
    return {name: each for name, each in vars(client).items() if isinstance(each, kinds)}


def test_both_clients_have_the_same_names(clients: tuple[Jobmill, AsyncJobmill]) -> None:
    blocking, awaited = clients
    assert {OTHER_NAME.get(name, name) for name in names(blocking)} == names(awaited)
    assert set(groups(blocking)) == set(groups(awaited)) != set()


def test_each_group_has_the_same_calls(clients: tuple[Jobmill, AsyncJobmill]) -> None:
    blocking, awaited = map(groups, clients)
    for name, group in blocking.items():
        other = awaited[name]
        assert isinstance(group, Blocking)
        assert isinstance(other, Awaited)
        assert names(group) == names(other) != set(), name
        for each in names(group):
            mine, theirs = getattr(group, each), getattr(other, each)
            assert inspect.signature(mine) == inspect.signature(theirs), f"{name}.{each}"


def test_every_call_is_described_once_and_driven_by_both(
    clients: tuple[Jobmill, AsyncJobmill],
) -> None:
    """A plain method would be a second description, or one that only one driver can carry out."""
    for client in clients:
        for group in [client, *groups(client).values()]:
            kind = type(group)
            for name in names(kind) - {"close", "aclose"}:
                assert isinstance(inspect.getattr_static(kind, name), call | stream), name


def test_a_call_keeps_its_docstring(clients: tuple[Jobmill, AsyncJobmill]) -> None:
    for client in clients:
        for group in groups(client).values():
            for name in names(group):
                assert getattr(group, name).__doc__, name

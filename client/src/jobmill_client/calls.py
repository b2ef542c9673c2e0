"""One description of each call, for the blocking and the asynchronous client.

A group of calls is a class of generators below `Calls`; `@call` and `@stream` turn each into a
plain method of a `Blocking` class, and into a coroutine or an asynchronous iterator of an `Awaited`
one. How to add one: see the client's README.
"""

import functools
import types
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

import httpx2

from jobmill_client.exchange import Terms, answer, open_answer, unreachable
from jobmill_client.paging import collect, each
from jobmill_client.reading import read
from jobmill_client.steps import Next, Opened, Program, Request, Stream

if TYPE_CHECKING:
    from jobmill_client.async_connection import AsyncConnection
    from jobmill_client.connection import Connection

P = ParamSpec("P")
T = TypeVar("T")


class Calls:
    """What every group of calls can use. Nothing here sends anything by itself."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def _ask(self, kind: type[T], method: str, path: str, **options: Any) -> Program[T]:
        """An object from the answer. `options` are those of `Request`."""
        return read(kind, (yield from self._answer(method, path, **options)))

    def _tell(self, method: str, path: str, **options: Any) -> Program[None]:
        """A request whose answer says nothing."""
        yield from self._answer(method, path, **options)

    def _answer(self, method: str, path: str, **options: Any) -> Program[Any]:
        """The JSON of the answer as it came."""
        return answer(self._terms, Request(method, path, **options))

    def _open(self, method: str, path: str, **options: Any) -> Program[Opened]:
        """The answer with its body still to be read: its status, headers and pieces."""
        return open_answer(self._terms, Request(method, path, **options))

    def _each(
        self,
        kind: type[T],
        path: str,
        params: Mapping[str, Any] | None = None,
        limit: int | None = None,
    ) -> Stream[T]:
        """The members of a list, up to `limit`; a page is asked for when it is needed."""
        return each(self._terms, kind, path, params, limit)

    def _all(
        self, kind: type[T], path: str, params: Mapping[str, Any] | None = None
    ) -> Program[tuple[T, ...]]:
        """All members of a list."""
        return collect(self._terms, kind, path, params)

    def _piece(self, opened: Opened) -> Program[bytes | None]:
        """The next bytes of a body; None at its end."""
        try:
            found: bytes | None = yield Next(opened, "bytes")
        except httpx2.TransportError as broken:
            raise unreachable(self._terms, broken) from broken
        return found


class Blocking:
    """Calls return when they are done."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection


class Awaited:
    """Calls are awaited."""

    def __init__(self, connection: "AsyncConnection") -> None:
        self._connection = connection


class call(Generic[P, T]):  # noqa: N801  a decorator
    """Decorates a program: a method that returns its answer, or a coroutine.

    Among descriptions it is the program itself: `yield from self.get(job)`.
    """

    def __init__(self, program: Callable[Concatenate[Any, P], Program[T]]) -> None:
        self.__doc__ = program.__doc__
        self._program = program

    def __set_name__(self, owner: type[Calls], name: str) -> None:
        program = self._program

        @functools.wraps(program)
        def run(calls: Any, *args: P.args, **kwargs: P.kwargs) -> Any:
            connection = calls._connection
            return connection.run(program(owner(connection.terms), *args, **kwargs))

        self._run = run

    @overload
    def __get__(self, calls: None, owner: type[Any]) -> "call[P, T]": ...
    @overload
    def __get__(self, calls: Blocking, owner: type[Any]) -> Callable[P, T]: ...
    @overload
    def __get__(self, calls: Awaited, owner: type[Any]) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, calls: Calls, owner: type[Any]) -> Callable[P, Program[T]]: ...
    def __get__(self, calls: object, owner: type[Any]) -> Any:
        return self if calls is None else _bound(self._run, self._program, calls)


class stream(Generic[P, T]):  # noqa: N801  a decorator
    """Decorates a stream: a method that returns an iterator, or an asynchronous one.

    Nothing is asked before the first item is. Among descriptions it is the stream itself.
    """

    def __init__(self, program: Callable[Concatenate[Any, P], Stream[T]]) -> None:
        self.__doc__ = program.__doc__
        self._program = program

    def __set_name__(self, owner: type[Calls], name: str) -> None:
        program = self._program

        @functools.wraps(program)
        def iterate(calls: Any, *args: P.args, **kwargs: P.kwargs) -> Any:
            connection = calls._connection
            return connection.iterate(program(owner(connection.terms), *args, **kwargs))

        self._iterate = iterate

    @overload
    def __get__(self, calls: None, owner: type[Any]) -> "stream[P, T]": ...
    @overload
    def __get__(self, calls: Blocking, owner: type[Any]) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, calls: Awaited, owner: type[Any]) -> Callable[P, AsyncGenerator[T, None]]: ...
    @overload
    def __get__(self, calls: Calls, owner: type[Any]) -> Callable[P, Stream[T]]: ...
    def __get__(self, calls: object, owner: type[Any]) -> Any:
        return self if calls is None else _bound(self._iterate, self._program, calls)


def _bound(driven: Callable[..., Any], program: Callable[..., Any], calls: object) -> Any:
    """A method: driven where there is a connection, else the description."""
    sides = (Blocking, Awaited)
    return types.MethodType(driven if isinstance(calls, sides) else program, calls)

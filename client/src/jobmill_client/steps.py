"""What a call can ask of whoever drives it: a request sent, bytes read, a pause.

A call is a generator of such steps that returns its answer. It does no input or output of its own,
so that one description serves the blocking and the asynchronous client alike.
"""

import uuid
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, ParamSpec, TypeAlias, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
ROOT = "/api/v1"
REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
Body = Callable[[], Iterable[bytes]]
"""Makes the chunks of a body afresh for each attempt at sending."""
Report = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Request:
    """One request. A `path` without a slash at its start lies below `/api/v1`.

    `report` is told the bytes of the body that were sent so far. `repeatable` says whether sending
    it twice does no harm; by default the method tells, or an Idempotency-Key. `silence` is this
    request's own timeout in seconds.
    """

    method: str
    path: str
    params: Mapping[str, Any] | None = None
    json: Any = None
    body: Body | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    report: Report | None = None
    repeatable: bool | None = None
    silence: float | None = None

    @property
    def may_repeat(self) -> bool:
        """Whether it may be sent again when nobody knows what became of it."""
        if self.repeatable is not None:
            return self.repeatable
        return self.method in REPEATABLE or "Idempotency-Key" in self.headers

    def options(self) -> dict[str, Any]:
        """The arguments for the HTTP library but for method, address, body and timeout."""
        params = {key: value for key, value in (self.params or {}).items() if value is not None}
        return {"params": params, "json": self.json, "headers": dict(self.headers)}


def once(key: str | None) -> Mapping[str, str]:
    """Headers by which a request that makes something makes it once; the key is made if need be."""
    return {"Idempotency-Key": key or str(uuid.uuid4())}


@dataclass(slots=True, eq=False)
class Opened:
    """An answer whose body is still to be read. `response` and `pieces` are the driver's own."""

    status: int
    headers: Mapping[str, str]
    url: str
    response: Any
    pieces: Any = None

    @property
    def success(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Send:
    """Send it and come back with an `Opened`, as soon as the answer begins."""

    request: Request


@dataclass(frozen=True, slots=True)
class Read:
    """The whole body, as bytes; closes the answer."""

    opened: Opened


@dataclass(frozen=True, slots=True)
class Next:
    """The next piece of the body: bytes, or a server-sent event; None at the end."""

    opened: Opened
    form: Literal["bytes", "events"]


@dataclass(frozen=True, slots=True)
class Close:
    """Done with this answer. What is left open is closed when the call ends, however it ends."""

    opened: Opened


@dataclass(frozen=True, slots=True)
class Pause:
    """Come back after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Work:
    """Do something that may block, such as reading a file; what it returns."""

    task: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Item(Generic[T_co]):
    """Hand this out to the caller of a stream."""

    value: T_co


Step: TypeAlias = Send | Read | Next | Close | Pause | Work
Program: TypeAlias = Generator[Step, Any, T]
"""A call that ends with one answer."""
Stream: TypeAlias = Generator[Step | Item[T], Any, None]
"""A call that hands out one thing after the other."""


def work(task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Program[T]:
    """Do something that may block; what it returns."""
    done: T = yield Work(lambda: task(*args, **kwargs))
    return done

"""What every command that talks to a server shares: its options, its client, its exit codes.

0: done. 1: the job failed, or what was asked cannot be done. 2: wrong usage.
3: the server is not reachable or does not allow it. 130: interrupted.
"""

import inspect
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Concatenate,
    NoReturn,
    ParamSpec,
    Protocol,
    TypeVar,
)

import typer

from jobmill.cli.output import emit, note, say, table

if TYPE_CHECKING:
    from jobmill_client import Jobmill, JobmillError

P = ParamSpec("P")
R = TypeVar("R", bound="Raw")
FAILED, USAGE, UNREACHABLE, INTERRUPTED = 1, 2, 3, 130
DEFAULT_DATA = Path("jobmill-data")

Url = Annotated[str | None, typer.Option("--url", help="Address of the server [JOBMILL_URL].")]
Key = Annotated[str | None, typer.Option("--key", help="API key [JOBMILL_KEY].")]
Data = Annotated[
    Path | None,
    typer.Option("--data", help="Data folder of a local server: gives address and key."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one value a line.")]
JobArgument = Annotated[str, typer.Argument(metavar="JOB", help="Id, number, or 'last'.")]


class Raw(Protocol):
    """What the client answers with: it keeps what the server said."""

    @property
    def raw(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Session:
    """How one command reaches the server, and how it shall answer."""

    url: str | None
    key: str | None
    data: Path | None
    json: bool

    def client(self) -> "Jobmill":
        """A client for the server that the options, the environment or the data folder name."""
        from jobmill_client import Jobmill, Patience

        data = self.data
        if data is None and "JOBMILL_DATA" not in os.environ and DEFAULT_DATA.is_dir():
            data = DEFAULT_DATA
        return Jobmill(self.url, self.key, data=data, patience=Patience(attempts=3))

    def show(self, raw: Any, otherwise: Callable[[], None]) -> None:
        """The answer as JSON if that was asked for, otherwise as it is told to people."""
        if self.json:
            emit(raw)
        else:
            otherwise()

    def tell(self, raw: Any, *lines: str) -> None:
        """The answer as JSON, or lines of text."""
        self.show(raw, lambda: say("\n".join(lines)))

    def rows(
        self, found: Iterable[R], columns: Sequence[str], row: Callable[[R], Sequence[object]]
    ) -> None:
        """What was found as JSON, one value a line, or a table with a row for each."""
        if self.json:
            for each in found:
                emit(each.raw)
        else:
            table(columns, [row(each) for each in found])


def with_session(command: Callable[Concatenate[Session, P], None]) -> Callable[..., None]:
    """Give a command the shared options, and turn errors into messages and exit codes."""
    own = list(inspect.signature(command).parameters.values())[1:]
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, kind, default in (
            ("url", Url, None),
            ("key", Key, None),
            ("data", Data, None),
            ("json", Json, False),
        )
    ]

    @wraps(command)
    def run(*_: Any, url: str | None, key: str | None, data: Path | None, json: bool, **rest: Any):  # type: ignore[no-untyped-def]
        session = Session(url, key, data, json)
        guarded(session, lambda: command(session, **rest))  # type: ignore[call-arg]

    parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own] + shared
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def guarded(session: Session, work: Callable[[], None]) -> None:
    """Do the work; an error of the client becomes a message and an exit code."""
    from jobmill_client import JobmillError

    try:
        work()
    except JobmillError as error:
        refuse(error, as_json=session.json)
    except KeyboardInterrupt:
        note("Interrupted.")
        raise typer.Exit(INTERRUPTED) from None


def refuse(error: "JobmillError", *, as_json: bool) -> NoReturn:
    """Say what went wrong on stderr, and leave with the code that fits."""
    if as_json:
        note(_json(error))
    else:
        note(f"Error: {error.message}")
        if error.fix and error.fix not in error.message:
            note(error.fix)
        if error.status == 401:
            note("Give a key with --key, JOBMILL_KEY, or --data FOLDER of a local server.")
    raise typer.Exit(exit_code(error))


def exit_code(error: "JobmillError") -> int:
    """The exit code for an error of the client."""
    from jobmill_client import InvalidInput, NotAllowed, NotAuthenticated, NotReachable

    if isinstance(error, NotReachable | NotAuthenticated | NotAllowed):
        return UNREACHABLE
    return USAGE if isinstance(error, InvalidInput) else FAILED


def usage(message: str) -> NoReturn:
    """Leave because of how the command was called."""
    note(f"Error: {message}")
    raise typer.Exit(USAGE)


def job_named(client: "Jobmill", name: str) -> str:
    """The id or number of a job; `last` is the newest one."""
    if name != "last":
        return name
    newest = next(client.jobs.list(limit=1), None)
    if newest is None:
        usage("There are no jobs yet.")
    return newest.id


def _json(error: "JobmillError") -> str:
    import json

    names = ("code", "message", "field", "fix", "status")
    said = {name: getattr(error, name) for name in names}
    return json.dumps({"error": {name: value for name, value in said.items() if value}})

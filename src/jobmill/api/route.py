"""What every native route does before its handler: who calls, and what does the body say."""

from collections.abc import Callable, Coroutine, Mapping
from difflib import get_close_matches
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel

from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.problem import FieldProblem
from jobmill.core.accounts import Principal
from jobmill.core.errors import InvalidInput, UnsupportedBody
from jobmill.core.ids import JobId, JobNumber, JobRef
from jobmill.http.auth import principal_of
from jobmill.http.house import House, house_of
from jobmill.http.limits import parse_json, read_body
from jobmill.http.paging import NUMBER_LIMIT
from jobmill.http.sessions import check_stranger, session_caller, session_token

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class NativeRequest(Request):
    """A request whose JSON has been read, within limits, before the framework asks for it."""

    async def read(self) -> None:
        """Raises UnsupportedBody, TooLarge, MalformedBody. No body at all is left to the model."""
        kind = self.headers.get("content-type", "application/json").split(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise UnsupportedBody(
                f"A body of type {kind!r} cannot be taken here.",
                field="Content-Type",
                fix="Send JSON, with 'Content-Type: application/json'.",
            )
        self._given = await read_body(self)
        self._parsed = parse_json(self._given) if self._given else None

    async def body(self) -> bytes:
        return self._given

    async def json(self) -> Any:
        return self._parsed


class NativeRoute(APIRoute):
    """Authenticates first, so that strangers learn nothing; then reads and checks the body."""

    async def let_in(self, request: Request) -> None:
        """Find out who calls, by key or by cookie."""
        request.state.caller = await native_caller(request)

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        given = {"body": self.body_field, "query": next(iter(self.dependant.query_params), None)}
        models = {place: field.field_info.annotation for place, field in given.items() if field}

        async def answer(request: Request) -> Response:
            await self.let_in(request)
            request = NativeRequest(request.scope, request.receive)
            if "body" in models:
                await request.read()
            try:
                return await handle(request)
            except RequestValidationError as error:
                raise _invalid(error, models) from None

        return answer


class OpenRoute(NativeRoute):
    """For those who are not let in yet: no caller. Pages of somebody else are refused."""

    async def let_in(self, request: Request) -> None:
        check_stranger(request)


class FreeRoute(NativeRoute):
    """For browsers on their way to a provider and back, which no header of theirs can tell of."""

    async def let_in(self, request: Request) -> None:
        """Nobody is looked at here; the handlers check what was brought."""


def native_router(tag: str, kind: type[NativeRoute] = NativeRoute) -> APIRouter:
    """A router whose routes lie below /api/v1.

    They are put on the app as they stand: an included router would build each of them again at
    the first request, and would be searched router by router at every one.
    """
    return APIRouter(
        prefix=PREFIX,
        tags=[tag],
        route_class=kind,
        strict_content_type=False,
        generate_unique_id_function=_name_of,
    )


def _name_of(route: APIRoute) -> str:
    return route.name


async def native_caller(request: Request) -> Principal:
    """The holder of the key, or else of the session; a key goes before a cookie."""
    token = session_token(request)
    if token is None or "authorization" in request.headers:
        return await principal_of(request)
    return await session_caller(request, token)


def _caller(request: Request) -> Principal:
    who: Principal = request.state.caller
    return who


async def caller(request: Request) -> Principal:
    """Who calls; the route has authenticated them."""
    return _caller(request)


async def house(request: Request) -> House:
    """What a handler may reach."""
    return house_of(request)


IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        description="Any word of yours. The same request with it again makes nothing new.",
    ),
]
Caller = Annotated[Principal, Depends(caller)]
TheHouse = Annotated[House, Depends(house)]


def job_ref(text: str) -> JobRef:
    """A job's id or number as it stands in a path."""
    if text.isdecimal() and text.isascii() and int(text[:20]) <= NUMBER_LIMIT:
        return JobNumber(int(text))
    return JobId(text)


def _invalid(error: RequestValidationError, models: Mapping[str, Any]) -> InvalidInput:
    fields = [_field_problem(each, models) for each in error.errors()]
    first = fields[0]
    more = f" ({len(fields) - 1} more in `errors`)" if len(fields) > 1 else ""
    return InvalidInput(
        f"{first.field}: {first.message}.{more}",
        field=first.field,
        fix=first.fix,
        fields=fields if more else None,
    )


def _field_problem(error: Any, models: Mapping[str, Any]) -> FieldProblem:
    place, *path = error["loc"]
    words = [str(word) for word in path if place == "body" or not isinstance(word, int)]
    field = ".".join(words) or str(place)
    if error["type"] == "extra_forbidden":
        known = _fields_at(models.get(place), path[:-1])
        close = get_close_matches(str(path[-1]), known, 1)
        fix = f"Did you mean {close[0]!r}?" if close else "Remove it."
        if known:
            fix += f" Known here: {', '.join(known)}."
        return FieldProblem(field=field, message="is not known", fix=fix)
    if error["type"] == "missing":
        fix = "Send a JSON object." if not path else "Add it."
        return FieldProblem(field=field, message="is missing", fix=fix)
    if error["type"] in ("model_type", "model_attributes_type", "dict_type"):
        return FieldProblem(field=field, message="give a JSON object")
    message = str(error["msg"]).rstrip(".")
    return FieldProblem(field=field, message=message[:1].lower() + message[1:])


def _fields_at(model: Any, path: list[Any]) -> list[str]:
    """The names that a body's model knows at a place; none where it is not a model of ours."""
    for word in path:
        if isinstance(word, int):
            continue
        fields = _by_alias(model)
        if word not in fields:
            return []
        model = fields[word]
    return list(_by_alias(model))


def _by_alias(model: Any) -> dict[str, Any]:
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return {}
    return {
        field.alias or name: _element(field.annotation)
        for name, field in model.model_fields.items()
    }


def _element(annotation: Any) -> Any:
    """The model inside `list[Model]` or `Model | None`."""
    inside = getattr(annotation, "__args__", ())
    return next((each for each in inside if isinstance(each, type)), annotation)

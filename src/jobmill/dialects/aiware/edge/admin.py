"""Handlers around jobs: sign in, tokens, status, version, ping."""

from importlib.metadata import version as release
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute

from jobmill.core.accounts import SessionKind
from jobmill.core.accounts.service.keys import KeyView, create_key, list_keys
from jobmill.core.engines.service import list_engines
from jobmill.core.errors import InvalidInput
from jobmill.core.jobs.pages import JobPage
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import count_page, list_workers
from jobmill.dialects.aiware.edge.call import call_of, page_in, route, word_in
from jobmill.dialects.aiware.edge.lists import around_of, list_answer
from jobmill.dialects.aiware.edge.mapping.accounts import new_key_from, token_detail, user_detail
from jobmill.dialects.aiware.edge.mapping.reading import mapping, text
from jobmill.dialects.aiware.edge.mapping.states import job_states_of
from jobmill.dialects.aiware.edge.schema import STATUSES, VERSION
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.http.house import house_of
from jobmill.http.limits import read_json
from jobmill.http.sessions import check_stranger, sign_in

MOST_KEYS = 10_000
FORMATS = ("json", "txt", "csv")


async def login(request: Request) -> Response:
    """`POST admin/users/login`: a session of a day. A user name is the e-mail."""
    check_stranger(request)
    body = mapping(await read_json(request), "body")
    name, password = text(body, "username", "") or text(body, "userName", ""), body.get("password")
    if name is None or not isinstance(password, str):
        raise InvalidInput("username: give username and password.", field="username")
    user, _, token = await sign_in(request, name, password, SessionKind.BEARER)
    house = house_of(request)
    organization = await house.database.read(
        lambda work: work.accounts.organization(user.organization)
    )
    shown = user_detail(user, organization.id if organization else "", house.clock.now())
    return JSONResponse({"token": token, "result": shown, "success": True})


async def create_token(request: Request) -> Response:
    """`POST admin/tokens/create`: an API key that lasts; its text is shown this once."""
    call = await call_of(request)
    wanted = new_key_from(await read_json(request))
    made, key = await call.house.database.write(
        lambda work: create_key(work.accounts, call.who, wanted, call.now)
    )
    return JSONResponse({"result": token_detail(made.key, made.user, key), "success": True})


async def list_tokens(request: Request) -> Response:
    """`GET admin/tokens`: the caller's keys; for admins everybody's."""
    call = await call_of(request)
    offset, limit = page_in(request)

    def look(work: UnitOfWork) -> list[KeyView]:
        return list(list_keys(work.accounts, call.who, None, 0, MOST_KEYS))

    every = await call.house.database.read(look)
    page = [token_detail(each.key, each.user) for each in every[offset : offset + limit]]
    return list_answer(request, page, len(every))


async def status(request: Request) -> Response:
    """`GET admin/status`: what works here now, and how many of the caller's jobs stand where."""
    call = await call_of(request)
    form = word_in(request, "format", FORMATS, "json")
    found = await call.house.database.read(lambda work: _status(work, call))
    if form == "json":
        return JSONResponse(found)
    rows = [(f"jobs.{name}", count) for name, count in found["jobs"].items()]
    rows += [(key, value) for key, value in found.items() if key != "jobs"]
    mark = "," if form == "csv" else " "
    return PlainTextResponse(
        "".join(f"{name}{mark}{value}\n" for name, value in rows),
        media_type="text/csv" if form == "csv" else "text/plain",
    )


def _status(work: UnitOfWork, call: Call) -> dict[str, Any]:
    workers = list_workers(work, call.who, call.now)
    jobs = {
        word: count_page(work, call.who, JobPage(call.who.organization, states=states))
        for word in STATUSES
        if (states := job_states_of(word))
    }
    return {
        "status": "active",
        "version": VERSION,
        "organizationID": around_of(work, call).organization,
        "engines": len(list_engines(call.catalog, call.who)),
        "workers": len(workers),
        "slots": sum(worker.slots for worker in workers),
        "running": sum(worker.running for worker in workers),
        "jobs": jobs,
    }


async def version(request: Request) -> Response:
    """`GET version`: of the API that is spoken, and of the server that speaks it."""
    return JSONResponse({"version": VERSION, "server": "jobmill", "release": release("jobmill")})


async def ping(request: Request) -> Response:
    """`GET ping`: whether the server answers."""
    return JSONResponse({"status": "ok", "success": True})


ADMIN_ROUTES: list[BaseRoute] = [
    route("/admin/users/login", "POST", login),
    route("/admin/tokens/create", "POST", create_token),
    route("/admin/tokens", "GET", list_tokens),
    route("/admin/status", "GET", status),
    route("/version", "GET", version),
    route("/ping", "GET", ping),
]

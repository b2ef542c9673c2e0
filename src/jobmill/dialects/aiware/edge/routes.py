"""The routes of /edge/v1, and the answers for what is not served there."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match

from jobmill.core.errors import NotFound
from jobmill.dialects.aiware.edge.absent import ABSENT_ROUTES
from jobmill.dialects.aiware.edge.admin import ADMIN_ROUTES
from jobmill.dialects.aiware.edge.call import answering
from jobmill.dialects.aiware.edge.engines import ENGINE_ROUTES
from jobmill.dialects.aiware.edge.errors import error_answer
from jobmill.dialects.aiware.edge.extending import EXTENDING_ROUTES
from jobmill.dialects.aiware.edge.jobs import JOB_ROUTES
from jobmill.dialects.aiware.edge.output_routes import OUTPUT_ROUTES
from jobmill.dialects.aiware.edge.pushing import PUSH_ROUTES
from jobmill.dialects.aiware.edge.schema import MOUNT
from jobmill.dialects.aiware.edge.tasks import TASK_ROUTES
from jobmill.dialects.aiware.edge.templates import TEMPLATE_ROUTES
from jobmill.dialects.aiware.edge.uploads import UPLOAD_ROUTES
from jobmill.dialects.aiware.edge.work_requests import WORK_ROUTES
from jobmill.http.dialect import Dialect

ROUTES: list[BaseRoute] = [
    *JOB_ROUTES,
    *TASK_ROUTES,
    *EXTENDING_ROUTES,
    *ENGINE_ROUTES,
    *UPLOAD_ROUTES,
    *OUTPUT_ROUTES,
    *PUSH_ROUTES,
    *WORK_ROUTES,
    *TEMPLATE_ROUTES,
    *ADMIN_ROUTES,
    *ABSENT_ROUTES,
]


@answering
async def unknown(request: Request) -> Response:
    """Every other path or method below the mount."""
    methods = {
        method
        for each in ROUTES
        if each.matches(request.scope)[0] is Match.PARTIAL
        for method in getattr(each, "methods", None) or ()
        if method != "HEAD"
    }
    path = request.url.path
    if not methods:
        return error_answer(NotFound(f"There is no {request.method} {path}."))
    allowed = ", ".join(sorted(methods))
    answer = error_answer(NotFound(f"{path} takes {allowed}, not {request.method}."))
    answer.status_code = 405
    answer.headers["Allow"] = allowed
    return answer


EDGE = Dialect("aiware-edge", "aiWARE Edge", MOUNT, ROUTES, unknown, error_answer)

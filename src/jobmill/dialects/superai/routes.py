"""The routes of the mount, and the answer for what is not served there."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from jobmill.core.errors import NotFound
from jobmill.dialects.superai.apps import APP_ROUTES
from jobmill.dialects.superai.batches import BATCH_ROUTES
from jobmill.dialects.superai.callbacks import CALLBACK_ROUTES
from jobmill.dialects.superai.data import DATA_ROUTES
from jobmill.dialects.superai.errors import error_answer
from jobmill.dialects.superai.filtered import FILTERED_ROUTES
from jobmill.dialects.superai.jobs import JOB_ROUTES
from jobmill.dialects.superai.making import MAKING_ROUTES
from jobmill.dialects.superai.operations import OPERATION_ROUTES
from jobmill.dialects.superai.outputs import OUTPUT_ROUTES
from jobmill.dialects.superai.truths import TRUTH_ROUTES

ROUTES: list[BaseRoute] = [
    *APP_ROUTES,
    *FILTERED_ROUTES,
    *MAKING_ROUTES,
    *BATCH_ROUTES,
    *OPERATION_ROUTES,
    *JOB_ROUTES,
    *OUTPUT_ROUTES,
    *DATA_ROUTES,
    *TRUTH_ROUTES,
    *CALLBACK_ROUTES,
]


async def unknown(request: Request) -> Response:
    """Every other path or method below the mount."""
    return error_answer(
        NotFound(
            f"There is no {request.method} {request.url.path}. Served are apps, jobs, batches, "
            "operations, data and ground truth; see docs/dialects/superai.md."
        )
    )

"""The super.AI jobs API at /superai/v1, as of its public documentation and published client."""

from jobmill.dialects.superai.callbacks import CALLBACKS
from jobmill.dialects.superai.errors import error_answer
from jobmill.dialects.superai.routes import ROUTES, unknown
from jobmill.dialects.superai.schema import HOME, MOUNT
from jobmill.dialects.superai.shapes import JOBS
from jobmill.http.dialect import Dialect

DIALECT = Dialect(
    "superai",
    "super.AI jobs",
    MOUNT,
    ROUTES,
    unknown,
    error_answer,
    formats=(CALLBACKS,),
    job_shapes=(JOBS,),
    home=HOME,
)

__all__ = ["DIALECT"]

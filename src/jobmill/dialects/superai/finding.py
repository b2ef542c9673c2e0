"""Apps by their id: an app is a pipeline, an organization's own or a built-in one."""

from jobmill.core.accounts import Principal
from jobmill.core.errors import PipelineNotFound
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.pipelines import Pipeline, list_pipelines


def app_named(work: UnitOfWork, who: Principal, name: str) -> Pipeline:
    """The app of a UUID, or of a name. Raises PipelineNotFound."""
    every = list_pipelines(work.pipelines, who, builtin=True)
    by_id = next((each for each in every if each.id == name.strip().lower()), None)
    found = by_id or next((each for each in every if each.name == name), None)
    if found is None:
        raise PipelineNotFound(f"There is no app {name!r}; GET apps lists them.")
    return found

"""From a request for work to its graph: features, a pipeline, or tasks with their routes."""

from collections.abc import Mapping
from dataclasses import replace

from jobmill.core.accounts import Principal
from jobmill.core.capacity.made import check_pools
from jobmill.core.engines import EngineCatalog, FoundNow
from jobmill.core.errors import InvalidInput
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.programs import NamedFile, find_program
from jobmill.core.jobs.service.submission import SubmitJob
from jobmill.core.pipelines import Plan, plan_definition, plan_features, plan_graph


def plan_of(work: UnitOfWork, catalog: EngineCatalog, who: Principal, command: SubmitJob) -> Plan:
    """The graph that a request asks for. Raises InvalidInput and its kin."""
    catalog = FoundNow(catalog)
    plan = _planned(work, catalog, who, command)
    if command.task_files:
        plan = _with_files(plan, command.task_files)
    manifests = catalog.manifests()
    engines = [task for task in plan.tasks if task.review is None]
    check_pools(work.capacity, who, [(task.pool, manifests[task.engine]) for task in engines])
    return without_people(plan) if command.skip_people else plan


def _with_files(plan: Plan, files: Mapping[str, NamedFile]) -> Plan:
    """The tasks that work on a file which the input names have that as their input."""
    tasks = (
        replace(task, input=files[task.name].given.given()) if task.name in files else task
        for task in plan.tasks
    )
    return replace(plan, tasks=tuple(tasks))


def without_people(plan: Plan) -> Plan:
    """The same work, at which nobody is asked anything."""
    tasks = (
        task if task.review is None else replace(task, review=replace(task.review, threshold=0.0))
        for task in plan.tasks
    )
    return replace(plan, tasks=tuple(tasks))


def _planned(work: UnitOfWork, catalog: EngineCatalog, who: Principal, command: SubmitJob) -> Plan:
    given = [
        name
        for name, value in (
            ("features", command.features),
            ("pipeline", command.pipeline is not None),
            ("tasks", command.tasks),
        )
        if value
    ]
    if len(given) != 1:
        said = f"{' and '.join(given)} are given" if given else "none is given"
        raise InvalidInput(
            f"Give exactly one of features, pipeline or tasks: {said}.",
            field=given[1] if given else "features",
        )
    if command.features:
        return plan_features(command.features, command.params, catalog, pool=command.pool)
    if command.tasks:
        return plan_graph(command.tasks, command.routes, catalog, pool=command.pool)
    found = command.found or find_program(work, who, command.pipeline or "")
    return plan_definition(found.pipeline.working(), command.params, catalog, pool=command.pool)

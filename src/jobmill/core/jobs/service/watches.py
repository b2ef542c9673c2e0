"""Use cases on watches: make, see, pause, delete; and what a watch does with a file."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from jobmill.core.accounts import Principal, Right, owns, seen_by
from jobmill.core.errors import (
    InvalidInput,
    LimitExceeded,
    NotAllowed,
    PipelineNotFound,
    WatchNotFound,
)
from jobmill.core.items import MediaRoots
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.job_input import JobInput, Outside
from jobmill.core.jobs.service.submission import SubmitJob
from jobmill.core.jobs.service.submit_job import submit_job
from jobmill.core.pipelines import find_pipeline, plan_definition, plan_features
from jobmill.core.watches import FileFacts, FolderWalk, TakenFile, Watch, WatchRule

ORIGIN = "watch"
RIGHTS = frozenset({Right.JOBS_WRITE, Right.ASSETS_READ})
SETTLE = (0.5, 3600.0)
PATTERN_LIMIT = 255


def lying_there(
    outside: Outside, walk: FolderWalk, who: Principal, rule: WatchRule
) -> Mapping[str, FileFacts]:
    """The files that a new watch shall not count. Reads the folder: call from a thread."""
    who.require(Right.JOBS_WRITE)
    with _naming_path():
        folder = outside.roots.open_folder(who.organization, rule.path)
        return {} if rule.existing else walk.files(folder, rule.pattern, rule.recursive)


def create_watch(
    work: UnitOfWork,
    outside: Outside,
    who: Principal,
    rule: WatchRule,
    lying: Mapping[str, FileFacts],
    now: datetime,
) -> Watch:
    """Watch a folder from now on, as the caller; what lay there counts when it changes.

    The rule is checked as a job's request is. What comes between the look that found `lying` and
    this is new.
    """
    who.require(Right.JOBS_WRITE)
    if not SETTLE[0] <= rule.settle_seconds <= SETTLE[1]:
        raise InvalidInput(
            f"settle_seconds: give {SETTLE[0]} to {SETTLE[1]:.0f}.", field="settle_seconds"
        )
    if not rule.pattern or len(rule.pattern) > PATTERN_LIMIT:
        raise InvalidInput(f"pattern: give 1 to {PATTERN_LIMIT} characters.", field="pattern")
    _check_work(work, outside, who, rule)
    with _naming_path():
        outside.roots.open_folder(who.organization, rule.path)
    watch = work.watches.add(who.organization, who.user, rule, now)
    taken = [TakenFile(path, facts, None, now) for path, facts in lying.items()]
    work.watches.take(watch.number, taken)
    return watch


@contextmanager
def _naming_path() -> Iterator[None]:
    """What is refused about a folder is refused about the field `path`."""
    try:
        yield
    except (InvalidInput, LimitExceeded) as refusal:
        refusal.field = "path"
        raise


def _check_work(work: UnitOfWork, outside: Outside, who: Principal, rule: WatchRule) -> None:
    if (rule.pipeline is None) == (not rule.features):
        raise InvalidInput("Give either a pipeline or features.", field="pipeline")
    if rule.features:
        plan_features(rule.features, rule.params, outside.catalog)
        return
    pipeline = find_pipeline(work.pipelines, who.organization, rule.pipeline or "")
    if pipeline is None:
        raise PipelineNotFound(
            f"There is no pipeline {rule.pipeline!r}; create it first.", field="pipeline"
        )
    plan_definition(pipeline.definition, rule.params, outside.catalog)


def get_watch(work: UnitOfWork, who: Principal, watch: str) -> Watch:
    """The watch of this id. Raises WatchNotFound."""
    who.require(Right.JOBS_READ)
    return _mine(work, who, watch)


def list_watches(
    work: UnitOfWork, who: Principal, before: int | None, limit: int
) -> Sequence[Watch]:
    """The caller's watches, for admins all of the organization, newest first."""
    who.require(Right.JOBS_READ)
    return work.watches.list(who.organization, before, limit, seen_by(who))


def pause_watch(work: UnitOfWork, who: Principal, watch: str, paused: bool) -> Watch:
    """Let a watch rest, or go on: then it takes what came or changed meanwhile."""
    who.require(Right.JOBS_WRITE)
    found = _mine(work, who, watch)
    work.watches.set_paused(found.number, paused)
    return _mine(work, who, watch)


def delete_watch(work: UnitOfWork, who: Principal, watch: str) -> None:
    """End a watch; the jobs that it made stay."""
    who.require(Right.JOBS_WRITE)
    work.watches.remove(_mine(work, who, watch).number)


def taken_files(
    work: UnitOfWork,
    who: Principal,
    watch: str,
    before: tuple[datetime, str] | None,
    limit: int,
) -> Sequence[TakenFile]:
    """The files that a watch took, the latest first."""
    who.require(Right.JOBS_READ)
    return work.watches.taken(_mine(work, who, watch).number, before, limit)


def start_file(
    work: UnitOfWork, outside: Outside, watch: Watch, path: str, facts: FileFacts, now: datetime
) -> str | None:
    """Start the work on a settled file and note it, in one transaction; the job's id.

    None when this state of the file was taken before, or the watch is gone or paused: so none is
    started twice, whoever looks. Raises what submitting a job raises; then nothing is noted.
    """
    present = work.watches.by_id(watch.organization, watch.id)
    if present is None or present.paused or work.watches.file(watch.number, path) == facts:
        return None
    user = work.accounts.user(watch.user)
    if user is None or not user.active:
        raise NotAllowed("The user who made this watch has been removed or disabled.")
    who = Principal(watch.organization, user.number, user.name, RIGHTS, user.admin)
    rule = watch.rule
    command = SubmitJob(
        input=JobInput(path=_input_path(outside.roots, watch, path)),
        features=rule.features,
        pipeline=rule.pipeline,
        params=rule.params,
        origin=ORIGIN,
    )
    job = submit_job(work, outside, who, command, now).graph.job
    work.watches.take(watch.number, [TakenFile(path, facts, job.id, now)])
    work.watches.set_error(watch.number, None)
    return job.id


def _input_path(roots: MediaRoots, watch: Watch, path: str) -> str:
    """The file as its user would name it, unless another root has one of that name first."""
    folder: Path = roots.open_folder(watch.organization, watch.rule.path)
    named = f"{watch.rule.path.rstrip('/')}/{path}"
    real = folder / path
    if watch.rule.path.strip() in ("", ".", "/"):
        named = path
    located = roots.locate(watch.organization, named)
    return named if located.resolve() == real.resolve() else str(real)


def _mine(work: UnitOfWork, who: Principal, watch: str) -> Watch:
    found = work.watches.by_id(who.organization, watch)
    if found is None or not owns(who, found.organization, found.user):
        raise WatchNotFound(f"There is no watch {watch!r}.")
    return found

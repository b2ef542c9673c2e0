"""What is not there, or not for the caller to see."""

from jobmill.core.errors.families import NotFound


class JobNotFound(NotFound):
    """There is no job of this id."""

    code = "job_not_found"


class TaskNotFound(NotFound):
    """The job has no task of this name."""

    code = "task_not_found"


class AttemptNotFound(NotFound):
    """There is no attempt of this id."""

    code = "attempt_not_found"


class PartNotFound(NotFound):
    """The task has written no such part."""

    code = "part_not_found"


class AssetNotFound(NotFound):
    """There is no asset of this id."""

    code = "asset_not_found"


class UploadNotFound(NotFound):
    """There is no upload of this id, or its time is over."""

    code = "upload_not_found"


class WatchNotFound(NotFound):
    """There is no watch of this id."""

    code = "watch_not_found"


class ItemNotFound(NotFound):
    """There is no recording of this id."""

    code = "item_not_found"


class FolderNotFound(NotFound):
    """There is no folder of this id."""

    code = "folder_not_found"


class PipelineNotFound(NotFound):
    """There is no pipeline of this name."""

    code = "pipeline_not_found"


class BatchNotFound(NotFound):
    """There is no batch of this id."""

    code = "batch_not_found"


class TruthNotFound(NotFound):
    """There is no ground truth of this id."""

    code = "ground_truth_not_found"


class ExportNotFound(NotFound):
    """There is no export of this id."""

    code = "export_not_found"


class PoolNotFound(NotFound):
    """There is no pool of this name."""

    code = "pool_not_found"


class LimitNotFound(NotFound):
    """There is no limit of this id."""

    code = "limit_not_found"


class EngineNotFound(NotFound):
    """There is no engine of this id."""

    code = "engine_not_found"


class OrganizationNotFound(NotFound):
    """There is no organization of this id."""

    code = "organization_not_found"


class UserNotFound(NotFound):
    """There is no user of this id, e-mail address or name."""

    code = "user_not_found"


class TeamNotFound(NotFound):
    """There is no team of this id or name."""

    code = "team_not_found"


class CollaboratorNotFound(NotFound):
    """The job is not shared with this user or team."""

    code = "collaborator_not_found"


class KeyNotFound(NotFound):
    """There is no API key of this id."""

    code = "key_not_found"


class EndpointNotFound(NotFound):
    """There is no endpoint of this id."""

    code = "endpoint_not_found"


class DeliveryNotFound(NotFound):
    """There is no delivery of this id."""

    code = "delivery_not_found"


class SessionNotFound(NotFound):
    """You have no session of this id."""

    code = "session_not_found"


class ReviewNotFound(NotFound):
    """There is no review of this id."""

    code = "review_not_found"


class OutputNotFound(NotFound):
    """The job has no output."""

    code = "output_not_found"

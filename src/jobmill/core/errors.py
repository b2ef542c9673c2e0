"""Every error the core can give, one tree. No status codes: each transport maps the families.

JobmillError
├── InvalidInput        the request is wrong; names the field and the fix
│   ├── UnknownFeature, UnknownEngine, UnknownParameter, PathNotAllowed, GraphInvalid …
├── NotAuthenticated    no key, or one that is not valid
├── NotAllowed          the key lacks a right
├── NotFound            no such thing, or none that the caller may see
├── Conflict            the thing is in a state that does not allow this
├── LimitExceeded       too large, too many
├── Unavailable         something the work needs is missing now
└── InternalError       a bug of ours
"""

from typing import Any, ClassVar


class JobmillError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str | None = None, *, field: str | None = None, **details: Any):
        self.message = message or (type(self).__doc__ or "").strip().splitlines()[0]
        self.field = field
        self.details = details
        super().__init__(self.message)


class InvalidInput(JobmillError):
    """The request is not valid."""

    code = "invalid_input"


class UnknownFeature(InvalidInput):
    """No installed engine offers this feature."""

    code = "unknown_feature"


class UnknownEngine(InvalidInput):
    """No engine of this id is installed."""

    code = "unknown_engine"


class GraphInvalid(InvalidInput):
    """The tasks and routes do not form a graph that can run."""

    code = "graph_invalid"


class PathNotAllowed(InvalidInput):
    """The path does not lie under a media root."""

    code = "path_not_allowed"


class InputMissing(InvalidInput):
    """There is no file at this place."""

    code = "input_missing"


class AddressNotAllowed(InvalidInput):
    """The address is not public, and no setting opens it."""

    code = "address_not_allowed"


class MalformedBody(InvalidInput):
    """The body is not valid JSON."""

    code = "malformed_body"


class UnsupportedBody(InvalidInput):
    """A body of this type cannot be taken here."""

    code = "unsupported_body"


class GrantInvalid(InvalidInput):
    """The code or the refresh token is not valid, or was used before."""

    code = "grant_invalid"


class NotAuthenticated(JobmillError):
    """A valid API key is needed."""

    code = "not_authenticated"


class LoginFailed(NotAuthenticated):
    """The e-mail address or the password is wrong."""

    code = "login_failed"


class NotAllowed(JobmillError):
    """This key does not have the right to do that."""

    code = "not_allowed"


class LinkInvalid(NotAllowed):
    """This link was changed, or was not made here."""

    code = "link_invalid"


class LinkExpired(NotAllowed):
    """The time of this link is over."""

    code = "link_expired"


class NotFound(JobmillError):
    """There is no such thing here."""

    code = "not_found"


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


class PipelineNotFound(NotFound):
    """There is no pipeline of this name."""

    code = "pipeline_not_found"


class BatchNotFound(NotFound):
    """There is no batch of this id."""

    code = "batch_not_found"


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


class KeyNotFound(NotFound):
    """There is no API key of this id."""

    code = "key_not_found"


class EndpointNotFound(NotFound):
    """There is no endpoint of this id."""

    code = "endpoint_not_found"


class DeliveryNotFound(NotFound):
    """There is no delivery of this id."""

    code = "delivery_not_found"


class Conflict(JobmillError):
    """The present state does not allow this."""

    code = "conflict"


class JobEnded(Conflict):
    """The job has ended already."""

    code = "job_ended"


class JobNotEnded(Conflict):
    """The job has not ended yet."""

    code = "job_not_ended"


class JobStarted(Conflict):
    """The job has begun already."""

    code = "job_started"


class JobNotHeld(Conflict):
    """The job is not held back."""

    code = "job_not_held"


class NothingToExport(Conflict):
    """The job has no result that can be written in this format."""

    code = "nothing_to_export"


class NameTaken(Conflict):
    """Another one of this name exists."""

    code = "name_taken"


class LastAdmin(Conflict):
    """The organization would be left without an admin."""

    code = "last_admin"


class OrganizationInUse(Conflict):
    """The organization still owns something."""

    code = "organization_in_use"


class PoolInUse(Conflict):
    """Jobs that have not ended are in the pool."""

    code = "pool_in_use"


class IdempotencyMismatch(Conflict):
    """This Idempotency-Key was used before with another request."""

    code = "idempotency_mismatch"


class VersionMismatch(Conflict):
    """The thing was changed since it was read."""

    code = "version_mismatch"


class AssetNotReady(Conflict):
    """The asset's bytes have not arrived yet."""

    code = "asset_not_ready"


class AssetInUse(Conflict):
    """A job that has not ended needs the asset."""

    code = "asset_in_use"


class AssetPurged(Conflict):
    """The asset's bytes have been removed."""

    code = "asset_purged"


class EndpointDisabled(Conflict):
    """The endpoint is disabled: nothing is sent to it."""

    code = "endpoint_disabled"


class LinkUsed(Conflict):
    """Other bytes were sent by this link already."""

    code = "link_used"


class UploadOffsetMismatch(Conflict):
    """The bytes do not go on where the upload stands."""

    code = "upload_offset_mismatch"


class UploadLocked(Conflict):
    """Somebody else is sending bytes to this upload right now."""

    code = "upload_locked"


class ChecksumMismatch(InvalidInput):
    """The bytes do not have the checksum that was sent with them; send them again."""

    code = "checksum_mismatch"


class SizeMismatch(InvalidInput):
    """Not as many bytes came as were declared."""

    code = "size_mismatch"


class LimitExceeded(JobmillError):
    """A limit was exceeded."""

    code = "limit_exceeded"


class TooLarge(LimitExceeded):
    """The body is larger than allowed."""

    code = "too_large"


class TooManyAttempts(LimitExceeded):
    """Too many attempts to sign in."""

    code = "too_many_attempts"


class Unavailable(JobmillError):
    """Something that is needed is not available now."""

    code = "unavailable"


class FetchFailed(Unavailable):
    """The address could not be fetched."""

    code = "fetch_failed"


class SecretUnreadable(Unavailable):
    """A stored secret cannot be opened with the key that lies in the data folder."""

    code = "secret_unreadable"


class InternalError(JobmillError):
    """Something went wrong that should not have; the server's log tells more."""

    code = "internal_error"

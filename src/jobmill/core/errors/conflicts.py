"""What the present state does not allow."""

from jobmill.core.errors.families import Conflict


class JobEnded(Conflict):
    """The job has ended already."""

    code = "job_ended"


class JobNotEnded(Conflict):
    """The job has not ended yet."""

    code = "job_not_ended"


class JobStarted(Conflict):
    """The job has begun already."""

    code = "job_started"


class TaskStarted(Conflict):
    """The task has begun already."""

    code = "task_started"


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


class AttemptOver(Conflict):
    """The attempt has ended, or was given to somebody else; stop working on it."""

    code = "attempt_over"


class ReviewConflict(Conflict):
    """The review does not allow this now."""

    code = "review_conflict"


class ReviewClaimed(ReviewConflict):
    """Somebody else holds the review."""

    code = "review_claimed"


class ReviewNotClaimed(ReviewConflict):
    """You do not hold the review; check it out first."""

    code = "review_not_claimed"


class ClaimExpired(ReviewConflict):
    """Your claim had expired; check the review out again."""

    code = "claim_expired"


class ReviewClosed(ReviewConflict):
    """Nobody is asked any more."""

    code = "review_closed"


class AnsweredAlready(ReviewConflict):
    """You have answered already; another person must."""

    code = "answered_already"


class LeftOut(ReviewConflict):
    """You let this review pass its time: others are asked."""

    code = "review_left_out"

"""All stores over one connection: a unit of work. Committing is the database's business."""

from jobmill.adapters.sql.accounts import SqlAccountStore
from jobmill.adapters.sql.assets import SqlAssetStore
from jobmill.adapters.sql.attempts import SqlAttemptStore
from jobmill.adapters.sql.batches import SqlBatchStore
from jobmill.adapters.sql.bulks import SqlBulkStore
from jobmill.adapters.sql.capacity import SqlCapacityStore
from jobmill.adapters.sql.connection import Connection
from jobmill.adapters.sql.engines import SqlEngineStore
from jobmill.adapters.sql.events import SqlEventLog
from jobmill.adapters.sql.exports import SqlExportStore
from jobmill.adapters.sql.figures import SqlFigures
from jobmill.adapters.sql.folders import SqlFolderStore
from jobmill.adapters.sql.grants import SqlGrantStore
from jobmill.adapters.sql.idempotency import SqlIdempotencyStore
from jobmill.adapters.sql.ingests import SqlIngestStore
from jobmill.adapters.sql.items import SqlItemStore
from jobmill.adapters.sql.jobs import SqlJobStore
from jobmill.adapters.sql.marks import SqlMarkStore
from jobmill.adapters.sql.outputs import SqlOutputStore
from jobmill.adapters.sql.parts import SqlPartStore
from jobmill.adapters.sql.pipelines import SqlPipelineStore
from jobmill.adapters.sql.quality import SqlQualityStore
from jobmill.adapters.sql.queue import SqlTaskQueue
from jobmill.adapters.sql.results import SqlResultStore
from jobmill.adapters.sql.reviews import SqlReviewStore
from jobmill.adapters.sql.search import SqlSearchIndex
from jobmill.adapters.sql.sessions import SqlSessionStore
from jobmill.adapters.sql.shares import SqlShareStore
from jobmill.adapters.sql.speeds import SqlSpeedStore
from jobmill.adapters.sql.teams import SqlTeamStore
from jobmill.adapters.sql.truths import SqlTruthStore
from jobmill.adapters.sql.uploads import SqlUploadStore
from jobmill.adapters.sql.watches import SqlWatchStore
from jobmill.adapters.sql.webhooks import SqlWebhookStore
from jobmill.adapters.sql.workers import SqlWorkerStore
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import Blob


class SqlUnitOfWork:
    """The `UnitOfWork` port."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.accounts = SqlAccountStore(connection)
        self.teams = SqlTeamStore(connection)
        self.sessions = SqlSessionStore(connection)
        self.shares = SqlShareStore(connection)
        self.assets = SqlAssetStore(connection)
        self.uploads = SqlUploadStore(connection)
        self.watches = SqlWatchStore(connection)
        self.items = SqlItemStore(connection)
        self.folders = SqlFolderStore(connection)
        self.pipelines = SqlPipelineStore(connection)
        self.jobs = SqlJobStore(connection)
        self.marks = SqlMarkStore(connection)
        self.attempts = SqlAttemptStore(connection)
        self.parts = SqlPartStore(connection)
        self.batches = SqlBatchStore(connection)
        self.ingests = SqlIngestStore(connection)
        self.bulks = SqlBulkStore(connection)
        self.exports = SqlExportStore(connection)
        self.search = SqlSearchIndex(connection)
        self.capacity = SqlCapacityStore(connection)
        self.queue = SqlTaskQueue(connection)
        self.events = SqlEventLog(connection)
        self.outputs = SqlOutputStore(connection)
        self.results = SqlResultStore(connection)
        self.workers = SqlWorkerStore(connection)
        self.idempotency = SqlIdempotencyStore(connection)
        self.webhooks = SqlWebhookStore(connection)
        self.figures = SqlFigures(connection)
        self.speeds = SqlSpeedStore(connection)
        self.engines = SqlEngineStore(connection)
        self.grants = SqlGrantStore(connection)
        self.reviews = SqlReviewStore(connection)
        self.truths = SqlTruthStore(connection)
        self.quality = SqlQualityStore(connection)
        self.dropped: list[tuple[OrganizationNumber, Blob]] = []

    def anew(self) -> None:
        """A transaction begins: forget what was kept of the one before."""
        self.jobs.forget()
        self.webhooks = SqlWebhookStore(self._connection)
        self.dropped = []

    def undo(self, dropped: int) -> None:
        """The unit that ran last was undone; before it, so many blobs had been dropped."""
        self.jobs.forget()
        del self.dropped[dropped:]

    def drop_blob(self, organization: OrganizationNumber, blob: Blob) -> None:
        """After the commit, delete these bytes."""
        self.dropped.append((organization, blob))

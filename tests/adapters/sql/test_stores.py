"""The SQL stores keep to the suites of their ports."""

from tests.adapters.stores.graphs import GraphStoreConformance
from tests.adapters.stores.items import AssetStoreConformance, ItemStoreConformance
from tests.adapters.stores.jobs import JobStoreConformance
from tests.adapters.stores.marks import MarkStoreConformance
from tests.adapters.stores.queue import TaskQueueConformance
from tests.adapters.stores.records import (
    AccountStoreConformance,
    AttemptStoreConformance,
    EventLogConformance,
    IdempotencyStoreConformance,
    PipelineStoreConformance,
    ResultStoreConformance,
    WorkerStoreConformance,
)
from tests.adapters.stores.speeds import SpeedStoreConformance
from tests.adapters.stores.turns import TurnsConformance


class TestSqlAccountStore(AccountStoreConformance): ...


class TestSqlAssetStore(AssetStoreConformance): ...


class TestSqlAttemptStore(AttemptStoreConformance): ...


class TestSqlEventLog(EventLogConformance): ...


class TestSqlGraphStore(GraphStoreConformance): ...


class TestSqlIdempotencyStore(IdempotencyStoreConformance): ...


class TestSqlMarkStore(MarkStoreConformance): ...


class TestSqlItemStore(ItemStoreConformance): ...


class TestSqlJobStore(JobStoreConformance): ...


class TestSqlPipelineStore(PipelineStoreConformance): ...


class TestSqlResultStore(ResultStoreConformance): ...


class TestSqlSpeedStore(SpeedStoreConformance): ...


class TestSqlTaskQueue(TaskQueueConformance): ...


class TestSqlWorkerStore(WorkerStoreConformance): ...


class TestSqlTaskQueueTurns(TurnsConformance): ...

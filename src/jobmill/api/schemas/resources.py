"""Engines, features, pipelines and workers as they are sent and shown."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from jobmill.api.schemas.jobs import RouteSpec, TaskSpec, Word
from jobmill.api.schemas.programs import ProgramSpec
from jobmill.api.schemas.shared import Answer, Body, JsonObject, Page, Time
from jobmill.core.engines import OfferedFeature
from jobmill.core.engines.remote import RemoteManifest
from jobmill.core.jobs.model import Worker as CoreWorker
from jobmill.core.pipelines import Pipeline as CorePipeline
from jobmill.core.pipelines import PipelineDefinition
from jobmill_engine.manifest import Feature as ManifestFeature
from jobmill_engine.manifest import Manifest

PipelineName = Annotated[
    str, StringConstraints(pattern=r"^[^/?#\\\x00-\x1f\x7f]{1,200}$", strip_whitespace=True)
]


class EngineFeature(Answer):
    """One thing that an engine can be asked for."""

    name: str
    description: str
    parameters: JsonObject = Field(description="JSON Schema (2020-12) of its parameters.")

    @classmethod
    def of(cls, feature: ManifestFeature) -> "EngineFeature":
        return cls(
            name=feature.name,
            description=feature.description,
            parameters=_json(feature.parameters),
        )


class Feature(EngineFeature):
    """Something that a job can ask for by name."""

    engine: str = Field(description="The engine that serves it.")

    @classmethod
    def offered(cls, offer: OfferedFeature) -> "Feature":
        return cls(**EngineFeature.of(offer.feature).model_dump(), engine=offer.engine)


class FeaturePage(Page[Feature]):
    """What can be asked for."""


class Resources(Answer):
    """The most that one process of the engine may use."""

    memory_mb: int
    cpu_seconds: int | None
    file_size_mb: int
    processes: int
    network: bool


class EngineModel(Answer):
    """A model file that the engine loads."""

    name: str
    source: str
    sha256: str
    license: str
    install: str


class Engine(Answer):
    """A program that does one kind of work."""

    id: str
    name: str
    category: str
    version: str
    license: str
    description: str
    media_in: list[str]
    media_out: list[str]
    modes: list[str]
    pool: str
    concurrency: int | None
    timeout: float | None = Field(description="Seconds that an attempt may take.")
    parameters: JsonObject = Field(description="JSON Schema (2020-12) of its parameters.")
    features: list[EngineFeature]
    resources: Resources
    models: list[EngineModel]
    url: str | None = Field(None, description="Where it takes work, if it is a service.")

    @classmethod
    def of(cls, manifest: Manifest) -> "Engine":
        """Its manifest's facts; never its command or its place on the disk."""
        limits = manifest.resources
        return cls(
            id=manifest.id,
            name=manifest.name,
            category=manifest.category,
            version=manifest.version,
            license=manifest.license,
            description=manifest.description,
            media_in=list(manifest.media_in),
            media_out=list(manifest.media_out),
            modes=list(manifest.modes),
            pool=manifest.pool,
            concurrency=manifest.concurrency,
            timeout=manifest.timeout,
            parameters=_json(manifest.parameters),
            features=[EngineFeature.of(feature) for feature in manifest.features],
            resources=Resources(
                memory_mb=limits.memory_mb,
                cpu_seconds=limits.cpu_seconds,
                file_size_mb=limits.file_size_mb,
                processes=limits.processes,
                network=limits.network,
            ),
            models=[
                EngineModel(
                    name=model.name,
                    source=model.source,
                    sha256=model.sha256,
                    license=model.license,
                    install=model.install,
                )
                for model in manifest.models
            ],
            url=manifest.process_url if isinstance(manifest, RemoteManifest) else None,
        )


class EnginePage(Page[Engine]):
    """The installed engines."""


class PipelineSpec(Body):
    """What a pipeline does: give `features`, or `tasks` and `routes`, not both."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "check", "features": ["IN_BLACK"]}]}
    )

    description: str = Field("", max_length=10_000)
    features: list[Word] = Field([], max_length=100)
    params: JsonObject = Field({}, description="Defaults, which a job may override.")
    tasks: list[TaskSpec] = Field([], max_length=200)
    routes: list[RouteSpec] = Field([], max_length=1000)
    program: ProgramSpec | None = Field(None, description="Typed input and output of its jobs.")

    def definition(self) -> PipelineDefinition:
        """The core's own form."""
        return PipelineDefinition(
            features=tuple(self.features),
            params=self.params,
            tasks=tuple(task.model_dump(exclude_none=True) for task in self.tasks),
            routes=tuple(
                route.model_dump(exclude_none=True, by_alias=True) for route in self.routes
            ),
        )


class CreatePipeline(PipelineSpec):
    """A new pipeline."""

    name: PipelineName


class EditPipeline(PipelineSpec):
    """All of a pipeline anew; with a name, it is renamed."""

    name: PipelineName | None = None


class Pipeline(Answer):
    """A named, versioned template of a job."""

    id: str
    name: str
    version: int
    description: str
    features: list[str]
    params: JsonObject
    tasks: list[JsonObject]
    routes: list[JsonObject]
    program: ProgramSpec | None
    created_at: Time
    updated_at: Time

    @classmethod
    def of(cls, pipeline: CorePipeline) -> "Pipeline":
        definition = pipeline.definition
        return cls(
            id=pipeline.id,
            name=pipeline.name,
            version=pipeline.version,
            description=pipeline.description,
            features=list(definition.features),
            params=dict(definition.params),
            tasks=[dict(task) for task in definition.tasks],
            routes=[dict(route) for route in definition.routes],
            program=ProgramSpec.of(pipeline.program),
            created_at=pipeline.created_at,
            updated_at=pipeline.updated_at,
        )


class PipelinePage(Page[Pipeline]):
    """All pipelines, by name."""


class Worker(Answer):
    """A process that executes attempts."""

    name: str
    host: str
    pid: int
    slots: int = Field(description="How many attempts it runs at once.")
    running: int = Field(description="How many it runs now.")
    started_at: Time
    beat_at: Time = Field(description="Its last heartbeat.")

    @classmethod
    def of(cls, worker: CoreWorker) -> "Worker":
        return cls(
            name=worker.name,
            host=worker.host,
            pid=worker.pid,
            slots=worker.slots,
            running=worker.running,
            started_at=worker.started_at,
            beat_at=worker.beat_at,
        )


class WorkerPage(Page[Worker]):
    """The workers that are alive."""


def _json(value: Mapping[str, Any]) -> JsonObject:
    return dict(value)

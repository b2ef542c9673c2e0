"""Services that shall be engines, as they are registered."""

from typing import Annotated

from pydantic import Field, StringConstraints

from jobmill.api.schemas.shared import Body, JsonObject
from jobmill.core.engines.register import EngineSpec
from jobmill_engine.manifest import Feature

Url = Annotated[str, StringConstraints(min_length=1, max_length=8192)]
Short = Annotated[str, StringConstraints(max_length=200)]
Types = Annotated[list[Short], Field(min_length=1, max_length=100)]
WEEK = 7 * 24 * 3600


class OfferedByService(Body):
    """Something that the service can be asked for by name."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    description: str = Field("", max_length=2000)
    parameters: JsonObject = Field({}, description="JSON Schema (2020-12) of its parameters.")


class RegisterEngine(Body):
    """A service that speaks the toolkit contract."""

    url: Url = Field(description="Where the service lies.", examples=["http://127.0.0.1:8080"])
    id: Short = Field(description="Its name among engines.", examples=["acme-speech"])
    name: Short = ""
    category: Short = Field("other", description="The kind of work, such as `transcription`.")
    version: Short = "0"
    license: Short = ""
    description: str = Field("", max_length=2000)
    media_in: Types = Field(["*/*"], description="What it takes.")
    media_out: Types = Field(["application/json"], description="What it gives.")
    modes: Types = Field(["whole", "chunk"], description="Of `whole`, `chunk` and `stream`.")
    pool: Annotated[str, StringConstraints(min_length=1, max_length=100)] = "cpu"
    concurrency: int | None = Field(
        None, ge=1, le=10_000, description="How many requests each worker may have there at once."
    )
    timeout: float | None = Field(
        None, gt=0, le=WEEK, description="Seconds that an attempt may take; a day unless given."
    )
    parameters: JsonObject = Field({}, description="JSON Schema (2020-12) of its parameters.")
    features: list[OfferedByService] = Field([], max_length=100)
    ready: Url = Field("ready", description="A path below `url`, or an address.")
    process: Url = Field("process", description="A path below `url`, or an address.")
    send_bytes: bool = Field(
        True, description="False: it fetches the bytes itself, from the address in `cacheURI`."
    )
    replace: bool = Field(False, description="Put it in the place of one of this id.")

    def spec(self) -> EngineSpec:
        """The core's own form."""
        given = self.model_dump(exclude={"features", "replace"})
        features = [Feature(f.name, f.description, f.parameters) for f in self.features]
        return EngineSpec(**given, features=features)

"""Where pipelines are kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from jobmill.core.ids import OrganizationNumber
from jobmill.core.pipelines.model import Pipeline, PipelineDefinition
from jobmill.core.pipelines.program import Program


class PipelineStore(Protocol):
    """The latest version of each pipeline; names are unique within an organization."""

    def get(self, organization: OrganizationNumber, name: str) -> Pipeline | None:
        """The pipeline of this name."""

    def list(self, organization: OrganizationNumber) -> Sequence[Pipeline]:
        """All pipelines, by name."""

    def add(
        self,
        organization: OrganizationNumber,
        name: str,
        description: str,
        definition: PipelineDefinition,
        extras: Mapping[str, Any],
        at: datetime,
        program: Program | None = None,
    ) -> Pipeline:
        """Create version 1."""

    def replace(self, pipeline: Pipeline) -> None:
        """Write an edited pipeline; ground truth and what was measured follow its name."""

    def remove(self, organization: OrganizationNumber, name: str) -> bool:
        """Delete; says whether there was one."""

    def keep_program(self, organization: OrganizationNumber, program: Program) -> int:
        """The number of this very program, kept for the jobs that are made with it."""

    def program(self, number: int) -> Program | None:
        """The program of this number: as it was when its jobs were made."""

"""What is searched, and what is found."""

from dataclasses import dataclass

from jobmill.core.ids import JobNumber, OrganizationNumber
from jobmill.core.jobs.model import Job


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one job, by where they stand."""

    job: JobNumber
    organization: OrganizationNumber
    name: str
    results: str
    metadata: str

    def __bool__(self) -> bool:
        return bool(self.name or self.results or self.metadata)


@dataclass(frozen=True, slots=True)
class Highlight:
    """A piece of text around what was found; `marks` are (start, end) in characters."""

    field: str
    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A job that has all the words."""

    job: Job
    highlights: tuple[Highlight, ...]

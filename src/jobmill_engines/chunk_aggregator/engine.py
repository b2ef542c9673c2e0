"""Collates the documents on `in` for the stage that follows."""

from jobmill_engine import Engine, Result, Task
from jobmill_engine.facts import collate, write_facts
from jobmill_engines.collating.gather import chunks_of


class ChunkAggregator(Engine):
    """One document, which goes on as the one part of `out`, in the time of the whole file."""

    def run(self, task: Task) -> Result:
        return write_facts(collate(chunks_of(task)))

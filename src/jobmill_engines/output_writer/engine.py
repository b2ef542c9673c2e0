"""Collates the documents on `in`; its result is theirs together, on `asset` stands the AION."""

import json
from datetime import UTC, datetime

from jobmill_engine import Engine, Result, Task
from jobmill_engine.aion import Origin, aion_documents
from jobmill_engine.facts import Facts, collate, write_facts
from jobmill_engines.collating.gather import chunks_of

NAME = "vtn-standard"


class OutputWriter(Engine):
    """One document of facts for the file, from those of its chunks."""

    def run(self, task: Task) -> Result:
        facts = collate(chunks_of(task))
        if task.parameters.get("asset", True):
            self._write(task, facts)
        return write_facts(facts)

    def _write(self, task: Task, facts: Facts) -> None:
        asked = task.parameters
        origin = Origin(
            asked.get("source_engine_id"),
            asked.get("source_engine_name"),
            asked.get("task_id"),
            datetime.now(UTC),
        )
        documents = aion_documents(facts, origin, asked.get("contract"))
        for number, document in enumerate(documents, start=1):
            name = f"{NAME}.json" if len(documents) == 1 else f"{NAME}-{number}.json"
            data = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
            task.output("asset", data, "application/json", {"name": name})

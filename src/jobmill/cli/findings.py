"""Results as people read them: spans with their times, or the facts of the whole file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jobmill.cli.output import note, offset, say, table

if TYPE_CHECKING:
    from jobmill_client import Job, Result

MEASURES = {
    "integrated_lufs": "LUFS",
    "range_lu": "LU range",
    "true_peak_dbtp": "dBTP",
}


def print_results(results: Sequence["Result"], most: int | None = None) -> None:
    """All results as one table; at most `most` rows of each.

    What was found in chunks is left out where something puts it together.
    """
    rows: list[tuple[str, ...]] = []
    found_in_whole = [result for result in results if result.chunk is None]
    for result in found_in_whole or results:
        found = list(rows_of(result))
        rows += found if most is None else found[:most]
        if most is not None and len(found) > most:
            rows.append((result.feature or result.task, "", "", f"and {len(found) - most} more"))
    if rows:
        table(("feature", "start", "end", "what"), rows)
    else:
        say("Nothing was found.")


def rows_of(result: "Result") -> Iterator[tuple[str, ...]]:
    """The result as rows: feature, start, end, what."""
    name = result.feature or result.task
    if result.chunk is not None:
        name += f" {result.chunk.number}"
    if not result.spans:
        yield (name, "", "", _facts(result.document))
    for span in result.spans:
        yield (name, offset(span.start_ms), offset(span.end_ms), span.label)


def _facts(document: Mapping[str, Any]) -> str:
    summary = document.get("summary")
    if not isinstance(summary, Mapping):
        return json.dumps(document, ensure_ascii=False)
    told = [
        f"{summary[name]:.1f} {unit}"
        for name, unit in MEASURES.items()
        if isinstance(summary.get(name), int | float)
    ]
    if told:
        return ", ".join(told)
    return "none" if summary.get("count") == 0 else json.dumps(summary, ensure_ascii=False)


def print_end(job: "Job") -> None:
    """How the job ended, on stderr."""
    for warning in job.warnings:
        about = f"{warning.feature}: " if warning.feature else ""
        note(f"Warning: {about}{warning.message}")
    if job.reason is not None:
        where = f" (task {job.reason.task})" if job.reason.task else ""
        note(f"Job {job.number} {job.state}: {job.reason.message}{where}")
    elif job.state != "completed":
        note(f"Job {job.number} {job.state}.")

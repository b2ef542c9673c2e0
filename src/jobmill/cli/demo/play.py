"""The demo's jobs: one as a program of the gentoo API starts it, the others natively."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jobmill.cli.demo.compare import Extent, Row, compare, put_in
from jobmill.cli.live import follow_job
from jobmill.cli.output import note

if TYPE_CHECKING:
    from jobmill.samples import Sample
    from jobmill_client import Job, Jobmill, Result

CHECKED = ("AUDIO_FORMAT", "IN_BLACK", "SHOT_CHANGE_DETECTION", "FREEZE", "SILENCE")
MEASURED = "LOUDNESS"
ORIGIN = "demo"


class DemoFailed(Exception):
    """A job of the demo did not complete; the text says why."""


def native(client: "Jobmill", sample: "Sample") -> tuple[list[Row], str]:
    """All checks of a sample in one job: the rows, and the loudness that was measured."""
    job = client.jobs.create(input=sample.path.name, features=[*CHECKED, MEASURED], origin=ORIGIN)
    count = len(CHECKED) + 1
    note(f"{sample.path.name}: job {job.number}, {count} features over one decode")
    ended = _completed(follow_job(client, job, prefix=f"{sample.path.stem} "))
    results = {result.feature: result for result in client.jobs.results(ended)}
    rows: list[Row] = []
    for feature in CHECKED:
        found = _extents(results[feature]) if feature in results else None
        rows += compare(feature, put_in(sample.truth, feature), found)
    return rows, _loudness(results[MEASURED].document) if MEASURED in results else "none"


def as_gentoo(client: "Jobmill", sample: "Sample") -> list[Row] | None:
    """AUDIO_FORMAT as a gentoo program asks for it, without a key; None if not served here."""
    import httpx2

    with httpx2.Client(base_url=client.url) as http:
        body = {
            "inputUri": f"/{sample.path.name}",
            "features": ["AUDIO_FORMAT"],
            "origin": ORIGIN,
        }
        answer = http.post("/api/ai/jobs", json=body)
        if answer.status_code == httpx2.codes.NOT_FOUND:
            note("The gentoo dialect is not installed here; that part is left out.")
            return None
        if not answer.is_success:
            raise DemoFailed(f"POST /api/ai/jobs answered {answer.status_code}: {answer.text}")
        name = answer.json()["name"]
        note(f"POST /api/ai/jobs (gentoo, no key) → {name}")
        _followed(client)
        report = _done(http, name)
    found = [
        Extent(_ms(each["startTimeOffset"]), _ms(each["endTimeOffset"]), each["audioFormat"])
        for each in report["response"]["audioFormatAnnotations"]
    ]
    return list(compare("AUDIO_FORMAT", put_in(sample.truth, "AUDIO_FORMAT"), found))


def _extents(result: "Result") -> list[Extent]:
    return [Extent(span.start_ms, span.end_ms, span.label) for span in result.spans]


def _followed(client: "Jobmill") -> None:
    """Watch the newest job: it is visible natively however it was made."""
    newest = next(client.jobs.list(limit=1))
    _completed(follow_job(client, newest, prefix="gentoo "))


def _done(http: Any, name: str, patience: float = 10.0) -> Mapping[str, Any]:
    deadline = time.monotonic() + patience
    while True:
        report: Mapping[str, Any] = http.get(f"/api/ai/jobs/{name}").json()
        if report.get("done"):
            return report
        if time.monotonic() > deadline:
            raise DemoFailed(f"GET /api/ai/jobs/{name} does not say done: {report}")
        time.sleep(0.1)


def _completed(job: "Job") -> "Job":
    if job.state != "completed":
        why = job.reason.message if job.reason else ""
        raise DemoFailed(f"Job {job.number} is {job.state}. {why}")
    for warning in job.warnings:
        note(f"Warning: {warning.feature or ''} {warning.message}")
    return job


def _loudness(document: Mapping[str, Any]) -> str:
    return ", ".join(_told(document.get("summary", {})))


def _told(summary: Mapping[str, Any]) -> Iterator[str]:
    names: Sequence[tuple[str, str]] = (
        ("integrated_lufs", "LUFS"),
        ("range_lu", "LU range"),
        ("true_peak_dbtp", "dBTP"),
    )
    for name, unit in names:
        if isinstance(summary.get(name), int | float):
            yield f"{summary[name]:.1f} {unit}"


def _ms(text: str) -> float:
    return float(text.removesuffix("s")) * 1000

"""Documents through the whole chain beside the libraries that only read them.

Budgets: a born-digital file of 20 pages, from POST to Innodom XML, at most 3 x pdfplumber reading
its words, rules and tables; scanned pages at most 1.3 x RapidOCR alone on the same pictures with
the same threads. The scanned part installs the model into `.bench/models`.
"""

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.report import Figure, median
from benchmarks.server import Server, running_server

HOME = Path(".bench/documents").absolute()
MODELS = Path(".bench/models").absolute()
PAGES, SCANNED, RUNS = 20, 2, 3
TAXONOMY = {
    "name": "reports",
    "datapoints": [
        {"key": "number", "label": "Report number", "type": "identifier", "required": True},
        {"key": "date", "label": "Date", "type": "date"},
        {"key": "author", "label": "Prepared by"},
        {
            "key": "figure",
            "type": "table",
            "columns": [
                {"key": "name", "label": "Measure"},
                {"key": "planned", "label": "Planned", "type": "number"},
                {"key": "actual", "label": "Actual", "type": "number"},
            ],
        },
    ],
}
_PLUMBER = """
import sys, time
import pdfplumber
began = time.perf_counter()
words = 0
with pdfplumber.open(sys.argv[1]) as file:
    for page in file.pages:
        words += len(page.extract_words(extra_attrs=["fontname", "size"]))
        page.find_tables()
print(time.perf_counter() - began, words)
"""
_RAPID = """
import sys, time
import numpy as np
from jobmill_engine import add_libraries
add_libraries("ocr")
import pypdfium2, rapidocr
threads = int(sys.argv[2])
read = rapidocr.RapidOCR(params={
    "Global.log_level": "error",
    "EngineConfig.onnxruntime.intra_op_num_threads": threads,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
})
file = pypdfium2.PdfDocument(sys.argv[1])
pages = [np.asarray(page.render(scale=2.5).to_pil().convert("RGB"))[:, :, ::-1] for page in file]
read(np.ascontiguousarray(pages[0][:200]))
began = time.perf_counter()
words = sum(len(read(np.ascontiguousarray(page)).txts or ()) for page in pages)
print(time.perf_counter() - began, words)
"""


def measure() -> list[Figure]:
    """Both budgets, turn and turn about."""
    HOME.mkdir(parents=True, exist_ok=True)
    digital, scanned = HOME / "report.pdf", HOME / "scan.pdf"
    digital.write_bytes(report(PAGES))
    scanned.write_bytes(_pictures(report(SCANNED)))
    command = [sys.executable, "-m", "jobmill.cli", "models", "install", "rapidocr"]
    subprocess.run([*command, "--to", str(MODELS)], check=True, stdout=sys.stderr)
    threads = len(os.sched_getaffinity(0))
    given = {"JOBMILL_MODELS": str(MODELS), "JOBMILL_MEDIA_ROOTS": str(HOME)}
    with running_server(**given) as server:
        _chain(server, digital, threads)  # starts the engines
        pairs = [(_chain(server, digital, threads), _alone(_PLUMBER, digital)) for _ in range(RUNS)]
        _chain(server, scanned, threads)  # loads the model
        scans = [(_chain(server, scanned, threads), _alone(_RAPID, scanned, threads))]
    return [
        _figure(f"documents_{PAGES}_pages", pairs, "pdfplumber", "<= 3"),
        _figure(f"documents_{SCANNED}_scans", scans, f"RapidOCR, {threads} threads", "<= 1.3"),
    ]


def _figure(name: str, pairs: list[tuple[float, float]], against: str, budget: str) -> Figure:
    ours, theirs = (median(list(each)) for each in zip(*pairs, strict=True))
    told = f"{against}: {theirs:.2f} s"
    return Figure(name, ours, "s", told, ours / theirs, budget, len(pairs))


def report(pages: int) -> bytes:
    """A report with facts, prose and tables, drawn and not."""
    from tests.engines.documents.making import truth
    from tests.engines.documents.making.known import block, grid
    from tests.engines.documents.making.pen import Pen

    pen = Pen()
    for number in range(pages):
        made = truth.report(number)
        pen.text(60, 40, f"Page {number + 1}", 8)
        y = 60.0
        if number == 0:
            facts = [
                ("Report number:", made.number),
                ("Date:", "3 May 2024"),
                ("Prepared by:", made.author),
            ]
            y = block(pen, 60, y, facts) + 10
        for text in made.prose[:5]:
            y = pen.paragraph(60, y, 470, f"{text} {text}") + 8
        rows = [["Measure", "Planned", "Actual"]]
        rows += [[m.name, str(m.planned), str(m.actual)] for m in made.measures]
        grid(pen, 60, y, (220, 90, 90), rows, (1, 2))
        pen.page()
    return pen.pdf()


def _pictures(data: bytes) -> bytes:
    """The same pages as pictures."""
    from tests.engines.documents.making.scanned import SCALE, pictures, worn

    pages = [worn(page, n, 1.0, 10.0, 70) for n, page in enumerate(pictures(data))]
    file = io.BytesIO()
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], resolution=72 * SCALE)
    return file.getvalue()


def _chain(server: Server, path: Path, threads: int) -> float:
    began = time.perf_counter()
    job = server.job(
        tasks=[
            {"name": "read", "engine": "document-reader", "params": {"threads": threads}},
            {"name": "zones", "engine": "document-zones"},
            {"name": "points", "engine": "data-points", "params": {"taxonomy": TAXONOMY}},
            {"name": "write", "engine": "document-writer"},
        ],
        routes=[
            {"from": "read", "to": "zones"},
            {"from": "zones", "to": "points"},
            {"from": "points", "to": "write"},
            {"from": "zones", "to": "write.zones"},
        ],
        input={"path": str(path)},
    )
    server.wait(job, pause=0.02)
    took = time.perf_counter() - began
    results = server.http.get(f"/jobs/{job['id']}/results").json()["items"]
    found: list[dict[str, Any]] = [each["document"] for each in results if each["task"] == "write"]
    print(f"    {json.dumps(found[0]['summary'])}", file=sys.stderr)
    return took


def _alone(code: str, path: Path, *words: int) -> float:
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), *map(str, words)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "JOBMILL_MODELS": str(MODELS), "OMP_NUM_THREADS": "1"},
    )
    return float(done.stdout.split()[0])

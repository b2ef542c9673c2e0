"""Draw docs/images/demo.svg from what `jobmill demo` really says, shortened to one of its jobs.

.venv/bin/python tools/demo_picture.py
"""

import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "demo.svg"
WIDTH = 108
PERCENT = re.compile(r"(\w+) (\w+) (\d+) %")
SHOWN_JOB = "programme.mp4: job"
SHOWN_FILE = "programme.mp4: put in, and found"
LEFT_OUT = "…"


def captured() -> list[str]:
    """The lines of a demo on a folder of its own, which is called .demo in them."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "jobmill.cli", "demo", "--folder", folder]
        try:
            demo = subprocess.run(
                words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True
            )
        finally:
            subprocess.run([*words, "--stop"], stdout=subprocess.DEVNULL, check=True)
    text = demo.stdout.replace(f" --folder {folder}", "").replace(folder, ".demo")
    return text.splitlines()


def chosen(lines: Sequence[str]) -> Iterator[str]:
    """The beginning, the gentoo call, one whole job, the end; dots where something is left out."""
    first = next(i for i, line in enumerate(lines) if PERCENT.match(line))
    job = next(i for i, line in enumerate(lines) if line.startswith(SHOWN_JOB))
    after = next(i for i in range(job, len(lines)) if lines[i].startswith("LOUDNESS"))
    last = next(i for i, line in enumerate(lines) if line.startswith("All that"))
    yield from lines[:first]
    yield LEFT_OUT
    yield from lines[job : after + 1]
    yield LEFT_OUT
    yield from lines[last:]


def draw(console: Console, lines: Sequence[str]) -> None:
    """Print the lines as a terminal shows them: bars where percents are told, tables as tables."""
    console.print(Text("$ make demo", "bold"))
    percents = [line for line in lines if PERCENT.match(line)]
    halfway = percents[len(percents) // 2]
    rows: list[list[str]] = []
    for line in lines:
        cells = re.split(r" {2,}", line)
        if rows and len(cells) != len(rows[0]):
            draw_table(console, rows)
            rows = []
        if cells[0] == "FEATURE" or rows:
            rows.append(cells)
        elif line == halfway:
            draw_bars(console, line)
        elif line not in percents:
            console.print(Text(line, "dim" if line == LEFT_OUT else ""))


def draw_bars(console: Console, line: str) -> None:
    """A bar for each feature, as far as the line says."""
    grid = Table.grid(padding=(0, 1))
    for job, feature, percent in PERCENT.findall(line):
        grid.add_row(f"{job} {feature}", ProgressBar(100, int(percent), 40), f"{percent}%")
    console.print(grid)


def draw_table(console: Console, rows: Sequence[Sequence[str]]) -> None:
    """The comparison; its verdicts in green."""
    table = Table(*rows[0], box=None, pad_edge=False, header_style="bold")
    for row in rows[1:]:
        table.add_row(*row[:-1], Text(row[-1], "green" if row[-1] == "ok" else "red"))
    console.print(table)


def main() -> None:
    """Run the demo and write the picture."""
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    draw(console, list(chosen(captured())))
    svg = console.export_svg(title="jobmill", unique_id="demo")
    # The fonts would be loaded from another site; any monospaced one does.
    svg = re.sub(r"\s*@font-face \{.*?\}|\s*<!--.*?-->", "", svg, flags=re.DOTALL)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(svg.replace("Fira Code", "ui-monospace, Menlo, Consolas"), encoding="utf-8")


if __name__ == "__main__":
    main()

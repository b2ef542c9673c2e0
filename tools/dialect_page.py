"""Put a dialect's coverage.toml as tables into its page of the documentation.

.venv/bin/python tools/dialect_page.py gentoo
"""

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- coverage -->", "<!-- /coverage -->"


def page_of(dialect: str) -> Path:
    """The page of a dialect."""
    return ROOT / "docs" / "dialects" / f"{dialect}.md"


def tables_of(coverage: Mapping[str, Any]) -> str:
    """The operations and the guesses as Markdown tables."""
    operations = [
        f"| `{each['call']}` | {each['status']} | {each['source']} | {_cell(each['note'])} |"
        for each in coverage["operations"]
    ]
    guesses = [
        f"| {_cell(each['subject'])} | {_cell(each['answer'])} |" for each in coverage["guesses"]
    ]
    return "\n".join(
        [
            "## Operations\n",
            "| call | served | source | note |",
            "|---|---|---|---|",
            *operations,
            "\n## Where the public record is silent\n",
            "| subject | what Jobmill does |",
            "|---|---|",
            *guesses,
        ]
    )


def main(dialect: str) -> None:
    """Rewrite what stands between the two marks of the page."""
    file = ROOT / "src" / "jobmill" / "dialects" / dialect / "coverage.toml"
    tables = tables_of(tomllib.loads(file.read_text(encoding="utf-8")))
    page = page_of(dialect)
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}", encoding="utf-8")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    main(*sys.argv[1:])

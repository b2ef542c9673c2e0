"""Files and functions that have outgrown their room: a file over 400 lines, a function over 60.

Generated files and migrations are left out. Exits 1 when something is too large.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("src", "kit/src", "client/src", "tests", "benchmarks", "tools", "examples")
LEFT_OUT = ("migrations/versions",)
FILE_LINES = {"tests": 600}
FILE_LIMIT, FUNCTION_LIMIT = 400, 60


def main() -> int:
    """Print what is too large."""
    found = [line for room in ROOMS for file in (ROOT / room).rglob("*.py") for line in check(file)]
    print("\n".join(found) if found else "sizes: every file and function fits its room")
    return 1 if found else 0


def check(file: Path) -> list[str]:
    """What is too large in one file."""
    name = str(file.relative_to(ROOT))
    if any(part in name for part in LEFT_OUT):
        return []
    text = file.read_text(encoding="utf-8")
    found = []
    limit = FILE_LINES.get(name.split("/")[0], FILE_LIMIT)
    lines = text.count("\n")
    if lines > limit:
        found.append(f"{name}: {lines} lines, {limit} at most")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > FUNCTION_LIMIT:
                where = f"{name}:{node.lineno} {node.name}"
                found.append(f"{where}: {length} lines, {FUNCTION_LIMIT} at most")
    return found


if __name__ == "__main__":
    sys.exit(main())

"""Write the JSON Schemas that manifests hold inline from their files, between marks.

.venv/bin/python tools/inline_schemas.py
"""

import json
import re
from pathlib import Path
from typing import Any

ENGINES = Path(__file__).resolve().parents[1] / "src" / "jobmill_engines"
HELD = (
    ("data_points", "engine.parameters.properties.taxonomy", "taxonomy.schema.json"),
    ("document_terms", "engine.parameters.properties.taxonomy", "terms.schema.json"),
)
LEFT_OUT = ("$schema", "$id")


def inlined(engine: str, table: str, schema: str) -> str:
    """The manifest of an engine with the schema in that table."""
    text = (ENGINES / engine / "engine.toml").read_text(encoding="utf-8")
    given = json.loads((ENGINES / "documents" / schema).read_text(encoding="utf-8"))
    lines = [f"[{table}]"]
    lines += [f"{_key(k)} = {_value(v)}" for k, v in given.items() if k not in LEFT_OUT]
    mark = re.compile(rf"(# {re.escape(schema)}\n).*?(# end of {re.escape(schema)}\n)", re.DOTALL)
    new, count = mark.subn(lambda found: found[1] + "\n".join(lines) + "\n" + found[2], text)
    if count != 1:
        raise SystemExit(f"{engine}/engine.toml has {count} places marked for {schema}.")
    return new


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)


def main() -> None:
    """Bring the manifests up to date."""
    for engine, table, schema in HELD:
        text = inlined(engine, table, schema)
        (ENGINES / engine / "engine.toml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Write the tables of the documentation that the code itself can give, between their marks.

.venv/bin/python tools/reference_pages.py
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import typer.main

from jobmill.adapters.models import load_catalogue
from jobmill.bootstrap import create_app
from jobmill.cli.main import app as commands
from jobmill.config import Settings
from jobmill.core.jobs.states import JOB_TRANSITIONS, TASK_TRANSITIONS, JobState, TaskState

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
SHARED = {"url", "key", "data", "json"}
METHODS = ("get", "post", "put", "patch", "delete")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def operations() -> str:
    """Every operation of the native API."""
    rows = []
    for path, methods in create_app(Settings()).openapi()["paths"].items():
        for method in METHODS:
            if method in methods:
                told = methods[method]
                rows.append((f"`{method.upper()} {path}`", told.get("description", "")))
    return table(("call", "what it does"), rows)


def command_tree() -> Iterator[tuple[str, Any]]:
    """Every command that does something, by its full name."""
    return _commands(typer.main.get_command(commands), "jobmill")


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", {})
    if not children or command.invoke_without_command:
        yield name, command
    for child, each in children.items():
        yield from _commands(each, f"{name} {child}")


def command_pages() -> str:
    """Every command with its arguments and options."""
    return "\n\n".join(_command(name, command) for name, command in command_tree())


def _command(name: str, command: Any) -> str:
    shared = SHARED if any(each.name == "url" for each in command.params) else set()
    own = [each for each in command.params if each.name not in shared]
    words = [name, *(_argument(each) for each in own if each.param_type_name == "argument")]
    parts = [f"### `{' '.join(words)}`", " ".join((command.help or "").split())]
    options = [(_flags(each), each.help or "") for each in own if each.param_type_name == "option"]
    if options:
        parts.append(table(("option", "meaning"), options))
    if shared:
        parts[1] += " Takes the [shared options](#shared-options)."
    return "\n\n".join(parts)


def _argument(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    return name if argument.required else f"[{name}]"


def _flags(option: Any) -> str:
    value = f" {option.metavar}" if option.metavar else ""
    return ", ".join(f"`{name}{value}`" for name in [*option.opts, *option.secondary_opts])


def _transitions(states: type[StrEnum], transitions: Mapping[Any, Iterable[StrEnum]]) -> str:
    rows = [
        (f"`{old}`", ", ".join(f"`{new}`" for new in states if new in transitions[old]))
        for old in states
    ]
    return table(("from", "may become"), rows)


def parameters() -> str:
    """The features of the scan engine with their parameters."""
    file = ROOT / "src" / "jobmill_engines" / "scan" / "engine.toml"
    rows = []
    for feature in tomllib.loads(file.read_text(encoding="utf-8"))["features"]:
        properties = feature["parameters"].get("properties", {})
        for name, schema in properties.items():
            default = str(schema["default"]) or "none"
            rows.append(
                (
                    f"`{feature['name']}`",
                    f"`{name}`",
                    _range(schema),
                    f"`{default}`",
                    schema["description"],
                )
            )
        if not properties:
            rows.append((f"`{feature['name']}`", "none", "", "", ""))
    return table(("feature", "parameter", "values", "default", "meaning"), rows)


def engine_parameters(engine: str) -> str:
    """The parameters of a bundled engine as a whole."""
    file = ROOT / "src" / "jobmill_engines" / engine / "engine.toml"
    properties = tomllib.loads(file.read_text("utf-8"))["engine"]["parameters"]["properties"]
    rows = [
        (
            f"`{name}`",
            _range(schema),
            f"`{schema['default']}`".lower() if "default" in schema else "",
            schema["description"],
        )
        for name, schema in properties.items()
    ]
    return table(("parameter", "values", "default", "meaning"), rows)


def document_schemas() -> str:
    """Every key of the documents that document engines read and write."""
    parts = []
    for file in sorted((ROOT / "src" / "jobmill_engines" / "documents").glob("*.schema.json")):
        schema = json.loads(file.read_text(encoding="utf-8"))
        rows = [
            (f"`{name}`", _kind(told, schema), "yes" if needed else "", told.get("description", ""))
            for name, told, needed in _keys(schema, schema, "", set())
        ]
        head = f"## {schema['title']}\n\n{schema['description']}"
        parts.append(f"{head}\n\n{table(('key', 'type', 'needed', 'meaning'), rows)}")
    return "\n\n".join(parts)


def _keys(
    part: Mapping[str, Any], whole: Mapping[str, Any], path: str, seen: set[str]
) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    for name, told in part.get("properties", {}).items():
        place = f"{path}{name}"
        if not isinstance(told, dict):
            continue
        yield place, told, name in part.get("required", ())
        inner, mark = _resolved(told, whole), place
        if inner.get("type") == "array":
            item = inner["items"]
            inner, mark = _resolved(item, whole), f"{place}[]"
            again = item.get("$ref", "")
            if again in seen:
                continue
            seen = {*seen, again} if again else seen
        if inner.get("properties"):
            yield from _keys(inner, whole, f"{mark}.", seen)


def _resolved(told: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    found = told
    if "$ref" in told:
        found = whole["$defs"][told["$ref"].rpartition("/")[2]]
    return found


def _kind(told: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    inner = _resolved(told, whole)
    if "enum" in inner:
        return ", ".join(f"`{value}`" if value else "none" for value in inner["enum"])
    if "anyOf" in inner:
        return "text, number, sum"
    kind = inner.get("type", "any")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        item = _resolved(inner["items"], whole)
        return f"list of {item.get('type', 'any')}s"
    return str(kind)


def models() -> str:
    """What `jobmill models` can install."""
    rows = [
        (
            f"`{entry.name}`",
            entry.purpose,
            ", ".join(f"`{engine}`" for engine in entry.engines),
            entry.license,
            f"{entry.size_mb} MB",
            f"{entry.extra.size_mb} MB ({entry.extra.name})" if entry.extra else "none",
        )
        for entry in load_catalogue().values()
    ]
    columns = ("name", "for", "engines", "licence", "on the disk", "libraries, once")
    return table(columns, rows)


def _range(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_range(each) for each in schema["anyOf"])
    if isinstance(schema["type"], list):
        return " or ".join(schema["type"])
    if schema["type"] == "array":
        return f"list of {_range(schema['items'])}"
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"from {low}" if low is not None else schema["type"]


GENERATED: Mapping[str, tuple[str, Callable[[], str]]] = {
    "operations": ("reference/api.md", operations),
    "commands": ("reference/cli.md", command_pages),
    "job-transitions": ("reference/states.md", lambda: _transitions(JobState, JOB_TRANSITIONS)),
    "task-transitions": ("reference/states.md", lambda: _transitions(TaskState, TASK_TRANSITIONS)),
    "parameters": ("guides/check-media.md", parameters),
    "transcribe-parameters": ("guides/speech.md", lambda: engine_parameters("transcribe")),
    **{
        f"{folder.replace('_', '-')}-parameters": (
            "guides/chunks-and-playback.md",
            partial(engine_parameters, folder),
        )
        for folder in ("webstream", "chunker", "playback", "asset_creator")
    },
    **{
        f"{folder.replace('_', '-')}-parameters": (
            "guides/text.md",
            partial(engine_parameters, folder),
        )
        for folder in ("translate", "text_language", "sentiment", "keywords", "ocr")
    },
    "motion-parameters": ("guides/motion.md", partial(engine_parameters, "motion")),
    **{
        f"{folder.replace('_', '-')}-parameters": (
            "guides/documents.md",
            partial(engine_parameters, folder),
        )
        for folder in ("document_reader", "document_terms")
    },
    **{
        f"{folder.replace('_', '-')}-parameters": (
            "guides/programs.md",
            partial(engine_parameters, folder),
        )
        for folder in ("text_labels", "faces", "answers")
    },
    "document-schemas": ("reference/documents.md", document_schemas),
    "models": ("guides/models.md", models),
}


def with_table(page: str, name: str, text: str) -> str:
    """The page with this text between the marks of that name."""
    mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    new, count = mark.subn(lambda found: f"{found[1]}\n{text}\n\n{found[2]}", page)
    if count != 1:
        raise SystemExit(f"The page has {count} places marked <!-- {name} -->.")
    return new


def main() -> None:
    """Rewrite every generated table."""
    for name, (page, make) in GENERATED.items():
        place = DOCS / page
        place.write_text(with_table(place.read_text("utf-8"), name, make()), "utf-8")


if __name__ == "__main__":
    main()

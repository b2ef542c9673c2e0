"""Whatever a user can meet stands in the documentation, and nothing else does."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest
from tools import dump_openapi
from tools.reference_pages import GENERATED, command_tree, with_table

import jobmill
from jobmill.api.errors import status_of
from jobmill.config import Settings
from jobmill.core.accounts import Right
from jobmill.core.errors import JobmillError
from jobmill.core.events import EventType
from jobmill.core.jobs.states import JobState, TaskState
from jobmill_engine.manifest import Feature, Manifest, Model, Port, Resources
from jobmill_engines.scan.audio_format import LABELS
from tests.repo.codes import codes_in, first_words

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "jobmill"
ENGINES = ROOT / "src" / "jobmill_engines"
SCAN = ROOT / "src" / "jobmill_engines" / "scan"
PAGES = sorted(
    [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "kit/README.md", ROOT / "client/README.md"]
)
CODE = re.compile(r"`([a-z_]+)`")
ROUTING = {"unknown_path", "method_not_allowed", "refused"}


@cache
def text_of(page: str) -> str:
    """A page of the documentation."""
    return (DOCS / page).read_text(encoding="utf-8")


def rows_of(page: str, heading: str) -> list[list[str]]:
    """The cells of all table rows below a heading, without those of the tables' own heads."""
    section = text_of(page).split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def codes_of(cells: Iterable[str]) -> set[str]:
    """The words in back quotes."""
    return {code for cell in cells for code in CODE.findall(cell)}


def error_classes(base: type[JobmillError] = JobmillError) -> Iterator[type[JobmillError]]:
    """The whole tree of the core's errors."""
    yield base
    for each in base.__subclasses__():
        yield from error_classes(each)


def test_every_setting_is_described_with_its_flag() -> None:
    page = text_of("reference/settings.md")
    described = dict(re.findall(r"^\| `JOBMILL_([A-Z_]+)`(?: \*)? \| `--([a-z-]+)`", page, re.M))
    names = {field.name.upper() for field in fields(Settings)} - {"WORKER"}
    assert set(described) == names
    assert all(flag == name.lower().replace("_", "-") for name, flag in described.items())


def test_the_starred_settings_are_those_of_the_worker_command() -> None:
    page = text_of("reference/settings.md")
    starred = set(re.findall(r"^\| `JOBMILL_[A-Z_]+` \* \| `(--[a-z-]+)`", page, re.M))
    worker = dict(command_tree())["jobmill worker"]
    flags = {each.opts[0] for each in worker.params} - {"--log-format", "--log-level"}
    assert starred == flags


def test_every_error_code_has_a_row_with_its_status() -> None:
    rows = {row[0].strip("`"): row[1] for row in rows_of("reference/errors.md", REFUSALS)}
    classes = {each.code: each for each in error_classes()}
    assert rows.keys() == classes.keys() | ROUTING
    for code, error in classes.items():
        assert rows[code] == str(status_of(error)), code


MEDIA_ROOMS = (
    *("collating", "media", "scan", "transcribe"),
    *("webstream", "chunker", "playback", "asset_creator"),
    *("texts", "translate", "text_language", "sentiment", "keywords", "ocr"),
    *("documents", "document_reader", "document_zones", "document_terms", "document_writer"),
    *("data_points", "answers", "text_labels", "faces"),
)
REFUSALS, FAILURES, WARNINGS = "Refusals of requests", "Why a job failed", "Warnings"


def test_every_reason_of_a_failure_and_every_warning_has_a_row() -> None:
    rooms = (
        *("runtime/*.py", "adapters/subprocess/*.py", "core/engines/endings.py"),
        "core/jobs/**/*.py",
    )
    files = [file for room in rooms for file in SOURCE.glob(room)]
    files += (ROOT / "kit/src/jobmill_engine").glob("*.py")
    bundled = [file for room in MEDIA_ROOMS for file in (ENGINES / room).glob("*.py")]
    described = [
        row[0] for part in (FAILURES, WARNINGS) for row in rows_of("reference/errors.md", part)
    ]
    assert codes_of(described) == codes_in([*files, *bundled])


def test_every_event_has_a_row() -> None:
    described = re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", text_of("reference/events.md"), re.M)
    assert sorted(described) == sorted(each.value for each in EventType)


def test_every_state_and_every_reason_to_wait_has_a_row() -> None:
    page = "reference/states.md"
    assert codes_of(row[0] for row in rows_of(page, "Jobs")) == {*JobState}
    assert codes_of(row[0] for row in rows_of(page, "Tasks")) == {*TaskState}
    reasons = first_words(SOURCE / "core/jobs/waiting.py", "WaitReason")
    assert codes_of(row[0] for row in rows_of(page, "Why something waits")) == reasons


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_table_is_up_to_date(name: str) -> None:
    page, make = GENERATED[name]
    text = text_of(page)
    assert text == with_table(text, name, make()), "run: python tools/reference_pages.py"


def test_the_description_of_the_api_is_up_to_date() -> None:
    kept = json.loads(dump_openapi.PLACE.read_text(encoding="utf-8"))
    assert kept == dump_openapi.description(), "run: python tools/dump_openapi.py"


def test_every_right_is_named() -> None:
    page = text_of("reference/api.md")
    assert [right for right in Right if f"`{right.value}`" not in page] == []


def test_every_metric_is_named() -> None:
    source = (SOURCE / "http/figures.py").read_text(encoding="utf-8")
    metrics = set(re.findall(r'"(jobmill_[a-z_]+)"', source))
    assert metrics
    assert [each for each in metrics if each not in text_of("guides/operate.md")] == []


def test_every_key_of_a_manifest_has_a_row() -> None:
    page = text_of("reference/engine-manifest.md")
    kinds = (Manifest, Resources, Feature, Model, Port)
    keys = {field.name for kind in kinds for field in fields(kind)}
    tables = {"path", "features", "models", "ports"}
    assert set(re.findall(r"^\| `([a-z_0-9]+)` \|", page, re.M)) == keys - tables


def test_every_bundled_engine_and_feature_is_described() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for manifest in SOURCE.parent.glob("jobmill_engines/*/engine.toml"):
        found = tomllib.loads(manifest.read_text(encoding="utf-8"))
        assert f"`{found['engine']['id']}`" in pages
        for feature in found.get("features", ()):
            assert f"| `{feature['name']}` |" in readme
            assert f"| `{feature['name']}` |" in text_of("guides/check-media.md")


def test_every_label_of_audio_is_explained() -> None:
    labels = [label for label in LABELS if f"`{label}`" not in text_of("guides/check-media.md")]
    assert labels == []


def test_every_link_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in links_of(page)
        if not leads_somewhere(page, target)
    ]
    assert broken == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        ahead += [(page.parent / target.partition("#")[0]).resolve() for target in links_of(page)]
    assert [page.relative_to(ROOT) for page in PAGES if page not in reached] == []


def test_the_changelog_has_the_present_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## [{project['version']}]" in changelog


def test_every_module_says_what_it_is_for() -> None:
    packages = [Path(jobmill.__file__).parent, SCAN.parent]
    packages += [ROOT / "kit/src/jobmill_engine", ROOT / "client/src/jobmill_client"]
    silent = [
        str(file)
        for package in packages
        for file in package.rglob("*.py")
        if "versions" not in file.parts and not file.read_text(encoding="utf-8").startswith('"""')
    ]
    assert silent == []


def links_of(page: Path) -> list[str]:
    """The targets inside this repository."""
    found = re.findall(r"\]\(([^)\s]+)\)", _without_code(page))
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def leads_somewhere(page: Path, target: str) -> bool:
    """Whether the file is there, and the heading in it."""
    place, _, heading = target.partition("#")
    file = (page.parent / place).resolve() if place else page
    return file.exists() and (not heading or heading in headings_of(file))


def headings_of(page: Path) -> set[str]:
    """The anchors that a page's headings get where it is shown."""
    heads = re.findall(r"^#+ (.*)$", _without_code(page), re.M)
    return {re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads}


def _without_code(page: Path) -> str:
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)

"""Every native path is found through its section, and every section through its first word."""

from pathlib import Path

from jobmill.api import sections
from jobmill.api.sections import PREFIX, SECTIONS, every_route, section, section_of


def test_every_route_lies_in_the_section_that_its_path_names() -> None:
    for route in every_route():
        word = section_of(route.path)
        assert word is not None, route.path
        assert route in section(word).routes, route.path


def test_every_module_with_a_router_belongs_to_a_section() -> None:
    named = {name for names in SECTIONS.values() for name in names}
    folder = Path(sections.__file__).parent
    routed = {
        file.stem
        for file in folder.glob("*.py")
        if "\nrouter = native_router(" in file.read_text("utf-8")
    }
    assert named == routed


def test_a_section_is_found_by_the_whole_word_alone() -> None:
    assert section_of(PREFIX) == ""
    assert section_of(f"{PREFIX}/jobs/1/tasks") == "jobs"
    for elsewhere in ("/", "/api/v1x/jobs", f"{PREFIX}/jobsx", f"{PREFIX}/uploads", "/api/ai/jobs"):
        assert section_of(elsewhere) is None

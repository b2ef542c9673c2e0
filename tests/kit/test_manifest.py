"""`engine.toml` is read whole, and whatever is wrong with it is named with its fix."""

from pathlib import Path

import pytest

from jobmill_engine.manifest import (
    Feature,
    Manifest,
    ManifestInvalid,
    Model,
    Port,
    Resources,
    load_manifest,
)

LEAST = """\
[engine]
id = "lines"
name = "Line counter"
category = "text"
version = "1"
license = "MIT"
command = ["{python}", "__main__.py"]
"""


def read(tmp_path: Path, text: str) -> Manifest:
    (tmp_path / "engine.toml").write_text(text, encoding="utf-8")
    return load_manifest(tmp_path)


def test_a_short_manifest_has_careful_defaults(tmp_path: Path) -> None:
    manifest = read(tmp_path, LEAST)
    assert manifest == Manifest(
        id="lines",
        name="Line counter",
        category="text",
        version="1",
        license="MIT",
        command=("{python}", "__main__.py"),
        path=tmp_path,
    )
    assert manifest.resources == Resources(2048, None, 4096, 64, False)
    assert manifest.parameters == {"type": "object"}
    assert manifest.ports == (Port("in", "in"), Port("out", "out"))
    assert load_manifest(tmp_path / "engine.toml") == manifest


def test_a_full_manifest_is_read_whole(tmp_path: Path) -> None:
    manifest = read(
        tmp_path,
        LEAST
        + """\
description = "Counts."
media_in = ["text/*", "application/vnd.oasis.opendocument.text"]
media_out = ["text/csv"]
modes = ["whole", "stream"]
pool = "gpu"
concurrency = 2
timeout = 1.5
[engine.resources]
memory_mb = 100
cpu_seconds = 10
file_size_mb = 5
processes = 3
network = true
[engine.parameters]
required = ["depth"]
[engine.parameters.properties.depth]
type = "integer"
[[features]]
name = "COUNT"
description = "Counting."
[features.parameters.properties.fast]
type = "boolean"
[[features]]
name = "SORT"
[[models]]
name = "tiny"
source = "https://example.org/tiny"
sha256 = "%s"
license = "MIT"
install = "jobmill models install tiny"
"""
        % ("ab" * 32),
    )
    assert manifest.media_in == ("text/*", "application/vnd.oasis.opendocument.text")
    assert manifest.modes == ("whole", "stream")
    assert (manifest.pool, manifest.concurrency, manifest.timeout) == ("gpu", 2, 1.5)
    assert manifest.resources == Resources(100, 10, 5, 3, True)
    assert manifest.parameters["required"] == ["depth"]
    assert manifest.parameters["type"] == "object"
    fast = {"type": "object", "properties": {"fast": {"type": "boolean"}}}
    assert manifest.features == (Feature("COUNT", "Counting.", fast), Feature("SORT"))
    model = Model(
        "tiny", "https://example.org/tiny", "ab" * 32, "MIT", "jobmill models install tiny"
    )
    assert manifest.models == (model,)


def test_ports_are_read_and_the_document_always_has_one(tmp_path: Path) -> None:
    manifest = read(
        tmp_path,
        LEAST
        + """\
[[ports]]
name = "media"
role = "media-mdp"
media_types = ["video/mp2t"]
description = "What can be played."
[[ports]]
name = "media"
direction = "in"
""",
    )
    media = Port("media", "out", "media-mdp", ("video/mp2t",), "What can be played.")
    assert manifest.ports == (media, Port("media", "in"), Port("out", "out"))
    assert manifest.port("media", "out") == media
    assert manifest.port("media", "in") == Port("media", "in")
    assert manifest.port("in", "in") is None
    assert manifest.port("out", "out") == Port("out")


@pytest.mark.parametrize(
    ("addition", "field", "fix"),
    [
        ("licence = 'x'", "engine.licence", "did you mean license"),
        ("xyzzy = 1", "engine.xyzzy", "known are category"),
        ("[engine.resources]\nmemory = 5", "engine.resources.memory", "memory_mb"),
        ("[engine.resources]\nnetwork = 1", "engine.resources.network", "true or false, not 1"),
        ("[engine.resources]\nprocesses = 0", "engine.resources.processes", "above 0"),
        ("[engine.parameters]\ntype = 'array'", "engine.parameters.type", "object"),
        ("media_in = ['audio']", "engine.media_in", "'audio'"),
        ("media_in = []", "engine.media_in", "at least one"),
        ("modes = ['half']", "engine.modes", "whole, chunk, stream"),
        ("concurrency = true", "engine.concurrency", "whole number"),
        ("timeout = -1", "engine.timeout", "seconds above 0"),
        ("[[features]]\ndescription = 'x'", "features.0.name", "missing"),
        ("[[features]]\nname = 'A'\n[[features]]\nname = 'A'", "features", "twice"),
        ("[[features]]\nname = 'A'\nparam = 1", "features.0.param", "parameters"),
        ("[[models]]\nname = 'm'\nsource = 's'\nsha256 = 'x'", "models.0.sha256", "64 hex"),
        ("[features]\nname = 'A'", "features", "[[features]]"),
        ("[[ports]]\nname = 'a.b'", "ports.0.name", "lower case"),
        ("[[ports]]\nname = 'a'\ndirection = 'up'", "ports.0.direction", "in or out"),
        ("[[ports]]\nname = 'a'\ndirection = ['in']", "ports.0.direction", "in or out"),
        ("[[ports]]\nname = 'a'\ndirection = 'in'\nrole = 'b'", "ports.0.role", "output"),
        ("[[ports]]\nname = 'a'\nrole = 'B C'", "ports.0.role", "lower case"),
        ("[[ports]]\nname = 'a'\n[[ports]]\nname = 'a'", "ports", "twice"),
        ("[[ports]]\nname = 'a'\nmedia_type = 'b/c'", "ports.0.media_type", "media_types"),
        ("[engines]\nname = 'A'", "engines", "did you mean engine"),
    ],
)
def test_a_wrong_field_is_named_with_its_fix(
    tmp_path: Path, addition: str, field: str, fix: str
) -> None:
    with pytest.raises(ManifestInvalid) as caught:
        read(tmp_path, LEAST + addition)
    assert caught.value.file == tmp_path / "engine.toml"
    assert caught.value.field == field
    assert fix in caught.value.fix
    assert field in str(caught.value)


@pytest.mark.parametrize("key", ["id", "name", "category", "version", "license", "command"])
def test_a_missing_field_is_named(tmp_path: Path, key: str) -> None:
    lines = [line for line in LEAST.splitlines() if not line.startswith(key)]
    with pytest.raises(ManifestInvalid) as caught:
        read(tmp_path, "\n".join(lines))
    assert caught.value.field == f"engine.{key}"
    assert "is missing" in caught.value.fix


def test_an_id_that_cannot_be_in_an_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestInvalid, match="lower case"):
        read(tmp_path, LEAST.replace('"lines"', '"Lines/2"'))


def test_what_is_no_toml_or_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ManifestInvalid, match="cannot be read"):
        load_manifest(tmp_path)
    with pytest.raises(ManifestInvalid, match="is not TOML"):
        read(tmp_path, "[engine")
    with pytest.raises(ManifestInvalid, match=r"begin with the line \[engine\]"):
        read(tmp_path, "")


def test_the_command_names_the_interpreter_and_lies_in_the_folder(tmp_path: Path) -> None:
    manifest = read(tmp_path, LEAST)
    assert manifest.argv("/usr/bin/python") == ("/usr/bin/python", "__main__.py")
    other = read(tmp_path, LEAST.replace('"{python}", "__main__.py"', '"./bin/go", "-v"'))
    assert other.argv("/usr/bin/python") == (str(tmp_path / "bin/go"), "-v")
    found = read(tmp_path, LEAST.replace('"{python}", "__main__.py"', '"ffmpeg"'))
    assert found.argv("/usr/bin/python") == ("ffmpeg",)

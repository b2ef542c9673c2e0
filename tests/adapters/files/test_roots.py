"""Which files a path may name."""

import os
import socket
from pathlib import Path

import pytest

from jobmill.adapters.files import LocalMediaRoots
from jobmill.core.errors import InputMissing, PathNotAllowed
from jobmill.core.ids import OrganizationNumber

OURS = OrganizationNumber(1)
THEIRS = OrganizationNumber(2)


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """A root as seed 000 implies it, beside a folder that is none."""
    root = tmp_path / "media"
    for name in ("myfiles/movie.mp4", "test.mp4", "some/path/file.mp4", "take #2 100%.mp4"):
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"media")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_bytes(b"secret")
    return root


@pytest.fixture
def roots(media: Path) -> LocalMediaRoots:
    return LocalMediaRoots({OURS: [media]})


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/myfiles/movie.mp4", "myfiles/movie.mp4"),
        ("myfiles/movie.mp4", "myfiles/movie.mp4"),
        ("./myfiles/./movie.mp4", "myfiles/movie.mp4"),
        ("/myfiles//movie.mp4", "myfiles/movie.mp4"),
        ("//myfiles/movie.mp4", "myfiles/movie.mp4"),
        ("file://test.mp4", "test.mp4"),
        ("FILE://test.mp4", "test.mp4"),
        ("file://some/path/file.mp4", "some/path/file.mp4"),
        ("file:///myfiles/movie.mp4", "myfiles/movie.mp4"),
        ("file:/myfiles/movie.mp4", "myfiles/movie.mp4"),
        ("file://localhost/myfiles/movie.mp4", "myfiles/movie.mp4"),
        ("file://myfiles%2Fmovie.mp4", "myfiles/movie.mp4"),
        ("file://take%20%232%20100%25.mp4", "take #2 100%.mp4"),
        ("take #2 100%.mp4", "take #2 100%.mp4"),
    ],
)
def test_a_path_is_found_under_the_root_in_every_form_of_the_seed(
    roots: LocalMediaRoots, media: Path, path: str, place: str
) -> None:
    assert roots.locate(OURS, path) == media / place
    assert roots.open_path(OURS, path) == (media / place).resolve()


def test_an_absolute_path_inside_a_root_is_taken_as_it_stands(
    roots: LocalMediaRoots, media: Path
) -> None:
    place = media / "test.mp4"
    for path in (str(place), f"file://{place}", str(place).replace("/media/", "//media//")):
        assert roots.open_path(OURS, path) == place.resolve()


def test_percent_signs_in_a_plain_path_are_not_decoded(roots: LocalMediaRoots) -> None:
    with pytest.raises(InputMissing):
        roots.open_path(OURS, "myfiles%2Fmovie.mp4")


def test_a_file_may_be_located_before_it_exists(roots: LocalMediaRoots, media: Path) -> None:
    assert roots.locate(OURS, "/later/movie.mp4") == media / "later" / "movie.mp4"
    with pytest.raises(InputMissing, match=r"no file at .*later.*JOBMILL_MEDIA_ROOTS"):
        roots.open_path(OURS, "/later/movie.mp4")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        ".",
        "//./",
        "file://",
        "../secret/key",
        "/myfiles/../../secret/key",
        "myfiles/..",
        "file://..%2fsecret%2fkey",
        "file://%2e%2e/secret/key",
        "file:///%2E%2E/secret/key",
        "movie\x00.mp4",
        "file://movie%00.mp4",
        "movie\n.mp4",
        "..\\secret\\key",
        "myfiles\\movie.mp4",
        "file://myfiles%5cmovie.mp4",
        "C:\\movie.mp4",
        "c:/movie.mp4",
        "http://example.com/movie.mp4",
        "s3://bucket/movie.mp4",
        "ftp://host/movie.mp4",
        "movie\ud800.mp4",
        "file://%ff.mp4",
    ],
)
def test_a_malformed_path_is_refused(roots: LocalMediaRoots, path: str) -> None:
    with pytest.raises(PathNotAllowed):
        roots.locate(OURS, path)
    with pytest.raises(PathNotAllowed):
        roots.open_path(OURS, path)


def test_a_path_that_is_encoded_twice_names_a_file_and_climbs_nowhere(
    roots: LocalMediaRoots, media: Path
) -> None:
    assert roots.locate(OURS, "file://%252e%252e/key") == media / "%2e%2e" / "key"


def test_an_absolute_path_outside_every_root_reaches_nothing_outside(
    roots: LocalMediaRoots, tmp_path: Path, media: Path
) -> None:
    outside = tmp_path / "secret" / "key"
    assert roots.locate(OURS, str(outside)).is_relative_to(media)
    with pytest.raises(InputMissing, match="Put the file under one of"):
        roots.open_path(OURS, str(outside))


def test_a_folder_beside_the_root_with_the_same_beginning_is_outside(
    tmp_path: Path, media: Path, roots: LocalMediaRoots
) -> None:
    beside = tmp_path / "media-private"
    beside.mkdir()
    (beside / "key").write_bytes(b"secret")
    with pytest.raises(InputMissing):
        roots.open_path(OURS, str(beside / "key"))


def test_links_inside_the_root_are_followed_and_those_that_lead_out_are_refused(
    roots: LocalMediaRoots, media: Path, tmp_path: Path
) -> None:
    (media / "same.mp4").symlink_to("test.mp4")
    (media / "out.mp4").symlink_to(tmp_path / "secret" / "key")
    (media / "folder").symlink_to(tmp_path / "secret")
    assert roots.open_path(OURS, "same.mp4") == (media / "test.mp4").resolve()
    for path in ("out.mp4", "folder/key", str(media / "folder" / "key")):
        with pytest.raises(PathNotAllowed, match="leads out of the media roots"):
            roots.open_path(OURS, path)


def test_a_link_from_one_root_into_another_of_the_same_organization_is_followed(
    media: Path, tmp_path: Path
) -> None:
    (media / "key").symlink_to(tmp_path / "secret" / "key")
    both = LocalMediaRoots({OURS: [media, tmp_path / "secret"]})
    assert both.open_path(OURS, "key").read_bytes() == b"secret"
    apart = LocalMediaRoots({OURS: [media], THEIRS: [tmp_path / "secret"]})
    with pytest.raises(PathNotAllowed):
        apart.open_path(OURS, "key")


def test_a_root_may_itself_be_a_link(media: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(media)
    roots = LocalMediaRoots({OURS: [tmp_path / "alias"]})
    for path in ("test.mp4", str(tmp_path / "alias" / "test.mp4"), str(media / "test.mp4")):
        assert roots.open_path(OURS, path) == (media / "test.mp4").resolve()


def test_loops_of_links_and_overlong_names_are_missing_files(
    roots: LocalMediaRoots, media: Path
) -> None:
    (media / "loop").symlink_to("loop")
    for path in ("loop", "x" * 5000, "test.mp4/inside"):
        with pytest.raises(InputMissing):
            roots.open_path(OURS, path)
        with pytest.raises(InputMissing):
            roots.open_folder(OURS, path)


def test_folders_pipes_and_sockets_are_no_files(roots: LocalMediaRoots, media: Path) -> None:
    os.mkfifo(media / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(media / "socket"))
        for path in ("myfiles", "myfiles/", "pipe", "socket"):
            with pytest.raises(PathNotAllowed, match="Name a file"):
                roots.open_path(OURS, path)


def test_a_device_is_no_file() -> None:
    with pytest.raises(PathNotAllowed, match="no plain file"):
        LocalMediaRoots({OURS: [Path("/dev")]}).open_path(OURS, "null")


def test_the_first_root_that_holds_the_file_wins(media: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "only-here.mp4").write_bytes(b"")
    (other / "test.mp4").write_bytes(b"")
    (media / "only-here.mp4").mkdir()
    roots = LocalMediaRoots({OURS: [media, other]})
    assert roots.locate(OURS, "only-here.mp4") == other / "only-here.mp4"
    assert roots.locate(OURS, "test.mp4") == media / "test.mp4"
    assert roots.locate(OURS, "nowhere.mp4") == media / "nowhere.mp4"


def test_roots_belong_to_one_organization(roots: LocalMediaRoots) -> None:
    with pytest.raises(PathNotAllowed, match="JOBMILL_MEDIA_ROOTS"):
        roots.open_path(THEIRS, "test.mp4")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file_is_told_as_such(roots: LocalMediaRoots, media: Path) -> None:
    (media / "test.mp4").chmod(0)
    with pytest.raises(InputMissing, match="may not read"):
        roots.open_path(OURS, "test.mp4")

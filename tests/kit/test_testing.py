"""The conformance checks pass a good engine and name what is wrong with a bad one."""

from pathlib import Path

import pytest

from jobmill_engine.__main__ import main
from jobmill_engine.scaffold import write_engine
from jobmill_engine.testing import Sample, assert_conforms, exercise

NOOP = Path(__file__).parents[2] / "src" / "jobmill_engines" / "noop"

BODIES = {
    "dies": ("import os; os._exit(4)", "runs hello.txt, twice", "ended with status 4"),
    "raises": ("raise KeyError('lost')", "runs hello.txt, twice", "KeyError: 'lost'"),
    "returns a list": ("return [1]", "runs hello.txt, twice", "run must return a dict, not list"),
    "returns no JSON": ("return {'x': object()}", "runs hello.txt, twice", "not plain JSON"),
    "works only once": (
        "self.n = getattr(self, 'n', 0) + 1; assert self.n < 2; return {}",
        "twice in one process",
        "AssertionError",
    ),
    "crashes on nonsense": (
        "task.input().path.read_text('utf-8'); return {}",
        "rejects what is no input",
        "raise InputRejected for a bad input",
    ),
    "takes anything": ("return {}", "rejects what is no input", "random bytes"),
    "writes messages of its own": (
        "[os.write(fd, b'hi\\n') for fd in (3, 4, 5) if is_for_writing(fd)]; return {}",
        "runs hello.txt, twice",
        "must carry messages only",
    ),
}


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    return write_engine("good-one", tmp_path)


def replace_run(engine: Path, body: str, before: str = "") -> None:
    (engine / "__main__.py").write_text(
        "import fcntl, os\nfrom jobmill_engine import *\n"
        "def is_for_writing(fd):\n"
        "    try: return fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_WRONLY\n"
        "    except OSError: return False\n"
        f"{before}\nclass Bad(Engine):\n    def run(self, task):\n        {body}\nserve(Bad)\n"
    )


def test_a_new_engine_conforms_from_the_first_minute(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "first-one", "--into", str(tmp_path)]) == 0
    assert main(["check", str(tmp_path / "first-one")]) == 0
    printed = capsys.readouterr().out
    assert "FAIL" not in printed
    assert "it runs hello.txt, twice in one process" in printed


def test_the_check_takes_samples_features_and_parameters(
    engine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = str(engine / "samples" / "hello.txt")
    asked = ["--sample", sample, "--feature", "COUNT", "--param", "longest=true"]
    assert main(["check", str(engine), *asked]) == 0
    assert main(["check", str(engine), "--sample", str(engine / "absent.txt")]) == 1
    assert "absent.txt" in capsys.readouterr().out
    assert main(["check", str(engine), "--param", "longest"]) == 2
    assert "KEY=VALUE" in capsys.readouterr().err


def test_a_folder_that_is_there_is_not_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "twice", "--into", str(tmp_path)]) == 0
    assert main(["new", "twice", "--into", str(tmp_path)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert main(["new", "Bad Name", "--into", str(tmp_path)]) == 2


def test_the_noop_engine_conforms() -> None:
    assert_conforms(NOOP, [Sample(), Sample(Path(__file__), parameters={"echo": {"deep": [1]}})])


@pytest.mark.parametrize("what", BODIES)
def test_a_bad_engine_is_told_what_is_wrong(engine: Path, what: str) -> None:
    body, name, words = BODIES[what]
    replace_run(engine, body)
    problems = {check.name: check.problem for check in exercise(engine) if check.problem}
    (found,) = [problem for check, problem in problems.items() if name in check]
    assert words in found


def test_prints_do_no_harm(engine: Path) -> None:
    replace_run(
        engine,
        "print('hi'); os.system('echo hi'); text = task.input().path.read_bytes()\n"
        "        if b'\\0' in text: raise InputRejected('binary', 'Not a text.')\n"
        "        return {}",
    )
    assert_conforms(engine)


def test_a_library_that_prints_while_it_is_imported_does_no_harm(engine: Path) -> None:
    main_file = engine / "__main__.py"
    main_file.write_text("print('loading', flush=True)\n" + main_file.read_text())
    assert_conforms(engine)


def test_an_engine_that_cannot_start_is_checked_no_further(engine: Path) -> None:
    replace_run(engine, "return {}", before="raise SystemExit('no model here')")
    checks = exercise(engine)
    assert len(checks) == 2
    assert "no model here" in checks[1].problem


def test_a_command_that_does_not_exist_is_named(engine: Path) -> None:
    manifest = engine / "engine.toml"
    manifest.write_text(manifest.read_text().replace("{python}", "no-such-program"))
    assert "no-such-program" in exercise(engine)[1].problem


def test_a_wrong_manifest_is_the_first_problem(tmp_path: Path) -> None:
    (check,) = exercise(tmp_path)
    assert "engine.toml" in check.problem


def test_without_samples_the_author_is_asked_for_one(engine: Path) -> None:
    (engine / "samples" / "hello.txt").unlink()
    with pytest.raises(AssertionError, match="put a small input file into"):
        assert_conforms(engine)

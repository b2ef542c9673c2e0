"""What an author's code can do with its task; no process, a list takes the messages."""

from pathlib import Path

import pytest

from jobmill_engine import InputRejected, Task, TaskCancelled
from jobmill_engine import protocol as wire


class Clock:
    """Time that a test moves by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """A task with its clock and what it sent."""

    def __init__(self, workdir: Path) -> None:
        self.sent: list[wire.Message] = []
        self.clock = Clock()
        file = wire.InputFile("in", "/in/a.txt", "text/plain", "a.txt")
        run = wire.Run("t1", ("F",), {"p": 1}, (file,), str(workdir))
        self.task = Task(run, self.sent.append, clock=self.clock)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_task_knows_what_is_asked(desk: Desk, tmp_path: Path) -> None:
    assert desk.task.features == ("F",)
    assert desk.task.parameters == {"p": 1}
    assert desk.task.workdir == tmp_path
    assert desk.task.input().path == Path("/in/a.txt")


def test_a_missing_input_is_the_inputs_fault(desk: Desk) -> None:
    with pytest.raises(InputRejected, match="'picture'") as caught:
        desk.task.input("picture")
    assert caught.value.code == "missing_input"


def test_progress_is_sent_ten_times_a_second_by_feature_and_at_the_end(desk: Desk) -> None:
    for step in range(1, 6):
        desk.task.progress(step, 10, "s")
        desk.task.progress(step, 10, "s", feature="F")
        desk.clock.now += 0.04
    assert [(m.feature, m.done) for m in desk.sent if isinstance(m, wire.Progress)] == [
        (None, 1.0),
        ("F", 1.0),
        (None, 4.0),
        ("F", 4.0),
    ]
    desk.task.flush()
    desk.task.flush()
    assert desk.sent[4:] == [
        wire.Progress("t1", None, 5.0, 10.0, "s"),
        wire.Progress("t1", "F", 5.0, 10.0, "s"),
    ]


@pytest.mark.parametrize("done", [float("nan"), float("inf"), -1])
def test_progress_that_is_no_amount_is_refused(desk: Desk, done: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        desk.task.progress(done, 10, "s")
    assert desk.sent == []


def test_logs_and_warnings_are_cut_rather_than_lost(desk: Desk) -> None:
    desk.task.log("x" * 2_000_000, "error")
    desk.task.warn("long", "y" * 2_000_000, feature="F")
    log, warning = desk.sent
    assert isinstance(log, wire.Log)
    assert isinstance(warning, wire.Warn)
    assert len(log.text) == len(warning.message) == 32_768
    assert all(len(message.encode()) < wire.MAX_LINE for message in desk.sent)


def test_an_unknown_log_level_is_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match="debug, info, warning, error"):
        desk.task.log("x", "loud")


def test_an_output_is_bytes_or_a_file_in_the_work_folder(desk: Desk, tmp_path: Path) -> None:
    first = desk.task.output("out", b"data", "text/plain")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "made.txt").write_text("made")
    desk.task.output("out", "sub/made.txt", "text/plain")
    desk.task.output("out", tmp_path / "sub" / "made.txt", "text/plain")
    assert first.read_bytes() == b"data"
    paths = [message.path for message in desk.sent if isinstance(message, wire.Output)]
    assert paths == ["output-1", "sub/made.txt", "sub/made.txt"]


def test_an_output_elsewhere_is_refused(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/hostname")
    for path in ("../x", "/etc/hostname", "link"):
        with pytest.raises(ValueError, match="must lie in the work folder"):
            desk.task.output("out", path, "text/plain")
    assert desk.sent == []


def test_a_cancel_is_seen_and_no_broad_except_eats_it(desk: Desk) -> None:
    desk.task.check_cancelled()
    assert not desk.task.cancelled
    desk.task.cancel()
    assert desk.task.cancelled
    with pytest.raises(TaskCancelled) as caught:
        desk.task.check_cancelled()
    assert not isinstance(caught.value, Exception)

"""What an author's code can do with its task; no process, a list takes the messages."""

from pathlib import Path
from threading import Thread
from typing import Any

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


def streaming(
    workdir: Path,
    sent: list[wire.Message],
    *,
    credit: dict[str, int] | None = None,
    resume: dict[str, int] | None = None,
) -> Task:
    """A task in mode stream."""
    run = wire.Run("t1", (), {}, (), str(workdir), "stream", credit, resume)
    return Task(run, sent.append)


def chunked(workdir: Path, sent: list[wire.Message], *numbers: int) -> Task:
    """A task in mode chunk, with one more input for all chunks."""
    files = [wire.InputFile("in", f"/in/{n}", "t/t", str(n), n, {"start_ms": n}) for n in numbers]
    common = wire.InputFile("words", "/in/words", "text/plain", "words")
    return Task(wire.Run("t1", (), {}, (*files, common), str(workdir), "chunk"), sent.append)


def outputs(sent: list[wire.Message]) -> list[tuple[str, int | None, Any]]:
    return [(m.port, m.number, m.meta) for m in sent if isinstance(m, wire.Output)]


def test_a_streams_parts_are_numbered_by_port(tmp_path: Path) -> None:
    sent: list[wire.Message] = []
    task = streaming(tmp_path, sent)
    assert task.mode == "stream"
    first = task.output("out", b"a", "t/t", {"start_ms": 0})
    task.output("other", b"b", "t/t")
    second = task.output("out", b"c", "t/t")
    assert outputs(sent) == [
        ("out", 0, {"start_ms": 0}),
        ("other", 0, None),
        ("out", 1, None),
    ]
    assert (first.read_bytes(), second.read_bytes()) == (b"a", b"c")


def test_a_file_handed_over_as_a_part_is_moved_so_that_its_name_is_free(tmp_path: Path) -> None:
    sent: list[wire.Message] = []
    task = streaming(tmp_path, sent)
    for text in ("one", "two"):
        (tmp_path / "same.txt").write_text(text)
        task.output("out", "same.txt", "text/plain")
    assert not (tmp_path / "same.txt").exists()
    paths = [tmp_path / m.path for m in sent if isinstance(m, wire.Output)]
    assert [path.read_text() for path in paths] == ["one", "two"]


def test_what_was_kept_can_be_skipped(tmp_path: Path) -> None:
    sent: list[wire.Message] = []
    task = streaming(tmp_path, sent, resume={"out": 3})
    assert (task.kept("out"), task.kept("other")) == (3, 0)
    assert (task.skip("out"), task.skip("out"), task.skip("other")) == (3, 3, 0)
    task.output("out", b"", "t/t")
    assert outputs(sent) == [("out", 3, None)]


def test_an_output_waits_for_credit(tmp_path: Path) -> None:
    sent: list[wire.Message] = []
    task = streaming(tmp_path, sent, credit={"out": 1})

    def work() -> None:
        for _ in range(3):
            task.output("out", b"", "t/t")

    thread = Thread(target=work)
    thread.start()
    task.output("unbound", b"", "t/t")
    task.allow("unbound", 0)
    task.output("unbound", b"", "t/t")
    task.allow("out", 2)
    task.allow("out", 1)
    assert thread.is_alive()
    task.allow("out", 3)
    thread.join(10)
    assert [number for port, number, _ in outputs(sent) if port == "out"] == [0, 1, 2]


def test_a_cancel_ends_the_wait_for_credit(tmp_path: Path) -> None:
    sent: list[wire.Message] = []
    task = streaming(tmp_path, sent, credit={"out": 0})
    ended: list[type[BaseException]] = []

    def work() -> None:
        try:
            task.output("out", b"x", "t/t")
        except TaskCancelled:
            ended.append(TaskCancelled)

    thread = Thread(target=work)
    thread.start()
    task.cancel()
    thread.join(10)
    assert ended == [TaskCancelled]
    assert sent == []
    assert list(tmp_path.iterdir()) == []


def test_each_chunk_is_a_task_with_what_all_share(tmp_path: Path) -> None:
    sent: list[wire.Message] = []
    task = chunked(tmp_path, sent, 4, 7)
    tasks = [task.of_chunk(chunk) for chunk in task.chunks()]
    assert [each.input().number for each in tasks] == [4, 7]
    assert [each.chunk and each.chunk.meta for each in tasks] == [{"start_ms": 4}, {"start_ms": 7}]
    assert [each.input("words").name for each in tasks] == ["words", "words"]
    for each in tasks:
        each.output("out", b"x", "t/t")
        each.output("more", b"y", "t/t")
        each.progress(1, 2, "s")
    assert [(port, number) for port, number, _ in outputs(sent)] == [
        ("out", 4),
        ("more", 4),
        ("out", 7),
        ("more", 7),
    ]
    assert len(sent) == 4
    with pytest.raises(ValueError, match="has its part for chunk 7 already"):
        tasks[1].output("out", b"z", "t/t")
    task.cancel()
    assert tasks[0].cancelled


@pytest.mark.parametrize(
    "meta", [{"x": "y" * 5000}, {"x": float("nan")}, {"x": "\ud800"}, {"x": b""}]
)
def test_meta_must_be_small_json(desk: Desk, meta: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="The part's meta"):
        desk.task.output("out", b"", "t/t", meta)
    assert desk.sent == []


def test_in_mode_whole_an_output_has_no_number_but_may_have_meta(desk: Desk) -> None:
    desk.task.output("out", b"", "t/t")
    desk.task.output("out", b"", "t/t", {"page": 1})
    assert (desk.task.mode, desk.task.chunks(), desk.task.chunk) == ("whole", (), None)
    assert outputs(desk.sent) == [("out", None, None), ("out", None, {"page": 1})]


def test_a_whole_task_with_credit_numbers_its_parts(tmp_path: Path) -> None:
    sent: list[wire.Message] = []
    run = wire.Run("t1", (), {}, (), str(tmp_path), credit={})
    task = Task(run, sent.append)
    task.output("out", b"", "t/t")
    assert outputs(sent) == [("out", 0, None)]

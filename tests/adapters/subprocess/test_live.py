"""Parts and chunks while an attempt runs, with real engine processes that use the kit."""

import asyncio
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobmill.adapters.subprocess import SubprocessRunner
from jobmill.adapters.subprocess.attempt import AttemptLimits
from jobmill.core.engines.ports import (
    AttemptControl,
    Done,
    EngineCall,
    EngineInput,
    EngineOutput,
    Failed,
    Outcome,
)
from jobmill_engine.manifest import Manifest
from tests.adapters.subprocess.conftest import MakeRunner
from tests.adapters.subprocess.engines import RUN, Listener, call, processes_of, write_engine

BOTH = 'modes = ["whole", "stream", "chunk"]'


def engine(tmp_path: Path, body: str, *, result: str = "{'n': number}") -> Manifest:
    """An engine whose `run` has this body; `number` is the chunk's."""
    lines = ["number = task.chunk.number if task.chunk else None", *body.strip("\n").splitlines()]
    run = RUN.format(body="\n".join(" " * 8 + line for line in lines))
    head, _, tail = run.rpartition("        return {")
    program = f"{head}        return {result}\n{tail.partition(chr(10))[2]}"
    return write_engine(tmp_path / "engine", program, engine=BOTH)


def stream_call(
    manifest: Manifest,
    tmp_path: Path,
    *,
    credit: Mapping[str, int] | None = None,
    resume: Mapping[str, int] | None = None,
    **parameters: Any,
) -> EngineCall:
    made = call(manifest, tmp_path, parameters=parameters)
    return replace(made, mode="stream", credit=credit, resume=resume or {})


def chunk_call(manifest: Manifest, tmp_path: Path, *numbers: int, **parameters: Any) -> EngineCall:
    """A call with one small file for each chunk."""
    file = tmp_path / "chunk.txt"
    file.write_text("text")
    inputs = tuple(
        EngineInput("in", file, "text/plain", f"{n}.txt", n, {"start_ms": 1000 * n})
        for n in numbers
    )
    return replace(call(manifest, tmp_path, parameters=parameters, inputs=inputs), mode="chunk")


def run(runner: MakeRunner, made: EngineCall, listener: Listener) -> Outcome:
    async def go() -> Outcome:
        async with runner() as house, asyncio.timeout(60):
            return await house.run(made, listener)

    return asyncio.run(go())


class Granting(Listener):
    """Gives credit for one more part whenever one has come, and takes the file."""

    def __init__(self, lead: int) -> None:
        super().__init__()
        self.lead = lead
        self.texts: list[str] = []

    def output(self, output: EngineOutput) -> None:
        super().output(output)
        self.texts.append(output.path.read_text())
        output.path.unlink()
        self.controls[-1].credit(output.port, (output.number or 0) + 1 + self.lead)


def test_parts_come_while_the_engine_works_and_credit_bounds_its_lead(
    runner: MakeRunner, tmp_path: Path
) -> None:
    body = """
for n in range(50):
    task.output("out", f"part {n}".encode(), "text/plain", {"start_ms": n})
"""
    listener = Granting(lead=2)
    outcome = run(
        runner, stream_call(engine(tmp_path, body), tmp_path, credit={"out": 2}), listener
    )
    assert isinstance(outcome, Done), outcome
    assert outcome.outputs == ()
    assert listener.texts == [f"part {n}" for n in range(50)]
    assert [(part.number, part.meta) for part in listener.outputs] == [
        (n, {"start_ms": n}) for n in range(50)
    ]


def test_without_more_credit_the_engine_waits_and_a_cancel_ends_it(
    runner: MakeRunner, tmp_path: Path
) -> None:
    body = """
for n in range(50):
    task.output("out", b"x", "text/plain")
"""
    manifest = engine(tmp_path, body)

    class Counting(Listener):
        def output(self, output: EngineOutput) -> None:
            super().output(output)
            if len(self.outputs) == 3:
                full.set()

    async def go() -> float:
        async with runner() as house, asyncio.timeout(60):
            made = stream_call(manifest, tmp_path, credit={"out": 3})
            attempt = asyncio.ensure_future(house.run(made, listener))
            await full.wait()
            attempt.cancel()
            began = time.monotonic()
            with pytest.raises(asyncio.CancelledError):
                await attempt
            assert processes_of(manifest) == []
            return time.monotonic() - began

    full, listener = asyncio.Event(), Counting()
    took = asyncio.run(go())
    assert len(listener.outputs) == 3
    assert took < 5


def test_a_second_attempt_can_skip_what_is_kept_or_write_it_again(
    runner: MakeRunner, tmp_path: Path
) -> None:
    body = """
first = task.skip("out") if task.parameters["skip"] else 0
for n in range(first, 5):
    task.output("out", str(n).encode(), "text/plain")
"""
    manifest = engine(tmp_path, body, result="{'kept': task.kept('out')}")
    for skip, numbers in ((True, [3, 4]), (False, [0, 1, 2, 3, 4])):
        listener = Listener()
        made = stream_call(manifest, tmp_path, resume={"out": 3}, skip=skip)
        outcome = run(runner, made, listener)
        assert outcome == Done({"kept": 3})
        assert [part.number for part in listener.outputs] == numbers


def test_an_engine_killed_in_the_middle_leaves_the_parts_it_had_written(
    runner: MakeRunner, tmp_path: Path
) -> None:
    body = """
for n in range(50):
    task.output("out", b"x", "text/plain")
"""
    manifest = engine(tmp_path, body)

    class Killing(Granting):
        def output(self, output: EngineOutput) -> None:
            if len(self.outputs) < 4:
                super().output(output)
            else:
                for pid in processes_of(manifest):
                    os.kill(pid, signal.SIGKILL)

    listener = Killing(lead=1)
    outcome = run(runner, stream_call(manifest, tmp_path, credit={"out": 1}), listener)
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.process_died) == ("engine_died", True)
    assert [part.number for part in listener.outputs] == [0, 1, 2, 3]


def test_each_chunk_is_answered_by_itself(runner: MakeRunner, tmp_path: Path) -> None:
    body = """
assert task.input().meta == {"start_ms": 1000 * number}
assert task.input().open().read() == b"text"
if number == 5:
    return None
if number == 6:
    return {}
if number == 7:
    raise InputRejected("odd", "This chunk is odd.")
if number == 8:
    return {"large": "x" * 500_000}
if number == 9:
    return {"middle": "y" * 50_000}
if number == 10:
    task.output("out", b"ten", "text/plain", {"ten": True})
    return None
"""
    listener = Listener()
    outcome = run(
        runner, chunk_call(engine(tmp_path, body), tmp_path, 4, 5, 6, 7, 8, 9, 10, 11), listener
    )
    assert outcome == Done({})
    assert listener.chunks == {
        4: {"n": 4},
        5: None,
        6: None,
        8: {"large": "x" * 500_000},
        9: {"middle": "y" * 50_000},
        10: None,
        11: {"n": 11},
    }
    assert list(listener.chunks) == sorted(listener.chunks)
    (failed,) = listener.failures.values()
    assert (list(listener.failures), failed.failure, failed.code) == ([7], "input", "odd")
    assert [(part.number, part.meta) for part in listener.outputs] == [(10, {"ten": True})]


def test_a_chunk_that_raises_does_not_stop_the_others_but_ends_the_process(
    runner: MakeRunner, tmp_path: Path
) -> None:
    body = """
print("pid", os.getpid())
if task.parameters["wrong"] and number == 1:
    raise KeyError("lost")
if task.parameters["wrong"] and number == 2:
    return [1]
if task.parameters["wrong"] and number == 3:
    return {"x": object()}
"""
    manifest = engine(tmp_path, body, result="{'pid': os.getpid()}")

    async def go() -> None:
        async with runner() as house, asyncio.timeout(60):
            pids = []
            for wrong in (False, False, True, False):
                listener = Listener()
                made = chunk_call(manifest, tmp_path, 0, 1, 2, 3, wrong=wrong)
                assert isinstance(await house.run(made, listener), Done)
                pids.append((listener.chunks[0] or {})["pid"])
                records = {file.name for file in (tmp_path / "records").iterdir()}
                assert len(records) == (0 if wrong else 1)
                codes = [failed.code for failed in listener.failures.values()]
                assert codes == (["engine_raised", "bad_result", "bad_result"] if wrong else [])
                assert wrong == ("KeyError: 'lost'" in listener.text)
            assert pids[0] == pids[1] == pids[2]

    asyncio.run(go())


def test_a_large_answer_counts_although_the_engine_dies_right_after_it(
    runner: MakeRunner, tmp_path: Path
) -> None:
    body = "if number == 1: os.kill(os.getpid(), 9)"
    manifest = engine(tmp_path, body, result="{'x': 'x' * 5_000_000}")
    listener = Listener()
    outcome = run(runner, chunk_call(manifest, tmp_path, 0, 1, 2), listener)
    assert isinstance(outcome, Failed)
    assert outcome.code == "engine_died"
    assert list(listener.chunks) == [0]


def test_what_a_listener_raises_reaches_its_caller(runner: MakeRunner, tmp_path: Path) -> None:
    class Broken(Listener):
        def chunk_done(self, number: int, document: Mapping[str, Any] | None) -> None:
            raise ZeroDivisionError

    for size in (1, 500_000):
        manifest = engine(tmp_path / str(size), "", result=f"{{'x': 'x' * {size}}}")
        with pytest.raises(ZeroDivisionError):
            run(runner, chunk_call(manifest, tmp_path, 0), Broken())


def test_a_call_with_a_chunk_twice_is_a_mistake_that_leaves_no_process(
    runner: MakeRunner, tmp_path: Path
) -> None:
    manifest = engine(tmp_path, "")
    with pytest.raises(ValueError, match="same chunk twice"):
        run(runner, chunk_call(manifest, tmp_path, 1, 1), Listener())
    assert processes_of(manifest) == []


def test_progress_is_not_told_where_chunks_are_counted(runner: MakeRunner, tmp_path: Path) -> None:
    manifest = engine(tmp_path, "task.progress(1, 2, 's'); task.warn('w', 'w')")
    listener = Listener()
    outcome = run(runner, chunk_call(manifest, tmp_path, 0, 1), listener)
    assert isinstance(outcome, Done)
    assert listener.reports == []
    assert [warning.code for warning in outcome.warnings] == ["w", "w"]


def test_a_control_of_an_attempt_that_is_over_does_nothing(
    runner: MakeRunner, tmp_path: Path
) -> None:
    manifest = engine(tmp_path, "task.output('out', b'', 't/t')")

    async def go() -> None:
        async with runner() as house, asyncio.timeout(60):
            first, second = Listener(), Listener()
            await house.run(stream_call(manifest, tmp_path, credit={"out": 1}), first)
            control: AttemptControl = first.controls[0]
            control.credit("out", 5)
            outcome = await house.run(stream_call(manifest, tmp_path, credit={"out": 1}), second)
            assert isinstance(outcome, Done)
            assert len(first.outputs) == len(second.outputs) == 1

    asyncio.run(go())


def test_a_whole_task_with_credit_tells_its_parts_as_they_come(
    runner: MakeRunner, tmp_path: Path
) -> None:
    manifest = engine(tmp_path, "task.output('out', b'a', 't/t'); task.output('out', b'b', 't/t')")
    listener = Granting(lead=1)
    made = replace(call(manifest, tmp_path), credit={"out": 1})
    assert run(runner, made, listener) == Done({"n": None})
    assert listener.texts == ["a", "b"]


def test_a_huge_part_is_handed_over_and_not_copied(runner: MakeRunner, tmp_path: Path) -> None:
    body = """
with open("huge.bin", "wb") as file:
    file.truncate(3 << 30)
task.output("out", "huge.bin", "application/octet-stream")
"""
    listener = Listener()
    assert isinstance(run(runner, stream_call(engine(tmp_path, body), tmp_path), listener), Done)
    (part,) = listener.outputs
    assert part.path.stat().st_size == 3 << 30
    assert part.path.stat().st_blocks == 0


def test_a_thousand_chunks_cost_little_on_our_side(runner: MakeRunner, tmp_path: Path) -> None:
    manifest = engine(tmp_path, "")

    async def go() -> float:
        async with runner() as house, asyncio.timeout(60):
            await house.run(chunk_call(manifest, tmp_path, 0), Listener())
            listener, made = Listener(), chunk_call(manifest, tmp_path, *range(1000))
            began = time.process_time()
            assert isinstance(await house.run(made, listener), Done)
            assert len(listener.chunks) == 1000
            return time.process_time() - began

    spent = asyncio.run(go())
    print(f"{spent:.4f} ms of CPU time for a part")
    assert spent < 0.3  # 0.3 ms for a part: three times what it may cost on an idle machine


def test_more_inputs_than_fit_into_a_message_travel_in_a_file(
    runner: MakeRunner, tmp_path: Path
) -> None:
    manifest = engine(tmp_path, "", result="{'s': sum(f.meta['start_ms'] for f in task.inputs)}")
    made = replace(chunk_call(manifest, tmp_path, *range(12_000)), mode="whole")
    outcome = run(runner, made, Listener())
    assert outcome == Done({"s": sum(1000 * n for n in range(12_000))})
    few = replace(made, inputs=made.inputs[:400], token="few", workdir=tmp_path / "few")
    few.workdir.mkdir()
    heavy = tuple(replace(file, meta={"start_ms": 1, "x": "y" * 4000}) for file in few.inputs)
    assert run(runner, replace(few, inputs=heavy), Listener()) == Done({"s": 400})


def test_many_parts_are_no_flood_where_credit_bounds_them(tmp_path: Path) -> None:
    manifest = engine(tmp_path, "for n in range(500): task.output('out', b'', 't/t')")

    async def go(credit: Mapping[str, int]) -> tuple[Outcome, int]:
        limits = AttemptLimits(messages=50, messages_per_second=1)
        house, listener = SubprocessRunner(tmp_path / "records", limits=limits), Listener()
        made = stream_call(manifest, tmp_path, credit=credit)
        outcome = await house.run(made, listener)
        await house.close()
        return outcome, len(listener.outputs)

    outcome, count = asyncio.run(go({"out": 500}))
    assert isinstance(outcome, Done), outcome
    assert count == 500
    outcome, count = asyncio.run(go({}))
    assert isinstance(outcome, Failed)
    assert outcome.code == "output_flooded"
    assert count < 100

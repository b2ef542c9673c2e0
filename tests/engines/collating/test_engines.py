"""The output writer and the chunk aggregator, as functions and as the processes they are."""

import json
from pathlib import Path
from typing import Any

import pytest

from jobmill_engine import Input, InputRejected, Task, protocol
from jobmill_engine.aion import contract_errors, validate_aion
from jobmill_engine.testing import Sample, assert_conforms
from jobmill_engines.chunk_aggregator.engine import ChunkAggregator
from jobmill_engines.output_writer.engine import OutputWriter

ENGINES = Path(__file__).parents[3] / "src/jobmill_engines"


def transcript(*words: str) -> dict[str, Any]:
    return {
        "language": "en",
        "text": " ".join(words),
        "words": [
            {"start_ms": 100 + 500 * n, "end_ms": 500 + 500 * n, "text": word, "confidence": 0.9}
            for n, word in enumerate(words)
        ],
    }


class Run:
    """A task over documents, and what was sent while it ran."""

    def __init__(self, folder: Path, *documents: Any, **parameters: Any) -> None:
        self.sent: list[protocol.Message] = []
        files = []
        for number, document in enumerate(documents):
            path = folder / f"{number}.json"
            path.write_text(document if isinstance(document, str) else json.dumps(document))
            meta = {"start_ms": number * 10_000, "end_ms": (number + 1) * 10_000}
            files.append(
                protocol.InputFile("in", str(path), "application/json", path.name, number, meta)
            )
        run = protocol.Run("a-1", (), parameters, tuple(files), str(folder), "whole")
        self.task = Task(run, self.sent.append)

    def outputs(self) -> list[tuple[protocol.Output, dict[str, Any]]]:
        return [
            (each, json.loads((self.task.workdir / each.path).read_bytes()))
            for each in self.sent
            if isinstance(each, protocol.Output)
        ]


def test_the_writer_gives_one_document_with_the_times_of_the_file(tmp_path: Path) -> None:
    run = Run(tmp_path, transcript("one", "two"), transcript("three"))
    result = OutputWriter().run(run.task)
    assert [(word["text"], word["start_ms"]) for word in result["words"]] == [
        ("one", 100),
        ("two", 600),
        ("three", 10_100),
    ]
    assert result["text"] == "one two three"
    progress = [each.done for each in run.sent if isinstance(each, protocol.Progress)]
    assert progress[0] == 1


def test_the_writer_hands_over_a_valid_transcript_with_its_origin(tmp_path: Path) -> None:
    told = {"source_engine_id": "e-1", "source_engine_name": "Speech", "task_id": "t-1"}
    run = Run(tmp_path, transcript("one"), transcript("two"), **told)
    OutputWriter().run(run.task)
    ((output, document),) = run.outputs()
    assert (output.port, output.media_type) == ("asset", "application/json")
    assert output.meta == {"name": "vtn-standard.json"}
    assert contract_errors(document, "transcript") == []
    assert document["sourceEngineId"] == "e-1"
    assert [item["startTimeMs"] for item in document["series"]] == [100, 10_100]


def test_facts_of_several_kinds_are_several_assets(tmp_path: Path) -> None:
    run = Run(tmp_path, {**transcript("sea"), "objects": [{"type": "keyword", "label": "sea"}]})
    OutputWriter().run(run.task)
    outputs = run.outputs()
    names = [(output.meta or {}).get("name") for output, _ in outputs]
    assert names == ["vtn-standard-1.json", "vtn-standard-2.json"]
    assert all(validate_aion(document)[0] for _, document in outputs)


def test_silence_is_a_transcript_where_one_is_expected(tmp_path: Path) -> None:
    run = Run(tmp_path, {"text": "", "words": []}, {}, contract="transcript")
    assert not OutputWriter().run(run.task).get("words")
    ((_, document),) = run.outputs()
    assert contract_errors(document, "transcript") == []


def test_no_asset_is_written_if_none_is_wanted(tmp_path: Path) -> None:
    run = Run(tmp_path, transcript("one"), asset=False)
    OutputWriter().run(run.task)
    assert run.outputs() == []


def test_no_chunks_at_all_are_an_empty_document(tmp_path: Path) -> None:
    assert ChunkAggregator().run(Run(tmp_path).task) == {}


def test_answers_in_aion_are_collated_with_those_in_facts(tmp_path: Path) -> None:
    aion = {
        "validationContracts": ["transcript"],
        "series": [{"startTimeMs": 5, "stopTimeMs": 9, "words": [{"word": "two"}]}],
    }
    result = ChunkAggregator().run(Run(tmp_path, transcript("one"), aion).task)
    assert [word["start_ms"] for word in result["words"]] == [100, 10_005]


@pytest.mark.parametrize(
    ("document", "code", "message"),
    [
        ("no json", "not_json", "Part 0 is not JSON"),
        ([1], "not_json", "not an object"),
        ({"words": [{"text": "a"}]}, "invalid_document", "facts: words.*start_ms: is missing"),
        ({"series": [{}]}, "invalid_document", "AION: .series.*startTimeMs"),
    ],
)
def test_a_bad_part_is_rejected_by_its_number(
    tmp_path: Path, document: Any, code: str, message: str
) -> None:
    with pytest.raises(InputRejected, match=message) as rejected:
        ChunkAggregator().run(Run(tmp_path, document).task)
    assert rejected.value.code == code


@pytest.mark.parametrize("engine", ["output_writer", "chunk_aggregator"])
def test_the_engine_conforms(engine: str, tmp_path: Path) -> None:
    sample = tmp_path / "part.json"
    sample.write_text(json.dumps(transcript("one", "two")))
    assert_conforms(ENGINES / engine, [Sample(sample)])


def test_an_input_without_a_number_is_named() -> None:
    file = Input("in", Path(__file__), "text/x-python", "mine.py")
    run = protocol.Run("a-1", (), {}, (), "/nowhere", "whole")
    task = Task(run, lambda _: None)
    task.inputs = (file,)
    with pytest.raises(InputRejected, match=r"The input 'mine\.py' is not JSON"):
        ChunkAggregator().run(task)

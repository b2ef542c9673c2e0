"""Typed input and output: what is refused, what a job works on, what its output is."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jobmill.core.errors import AssetNotFound, InvalidInput, JobNotEnded, OutputNotFound
from jobmill.core.jobs import service
from jobmill.core.jobs.outputs import JobOutput
from jobmill.core.jobs.service import JobInput, SubmitJob
from jobmill.core.jobs.service.batches import create_batch
from jobmill.core.jobs.service.output import output_edits
from jobmill.core.pipelines import Program
from tests.programs.workshop import NAME, PROGRAM, SURE, UNSURE, Workshop

URL = "https://good.example/a.pdf"


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "input.document_url"),
        ({"document_url": 3}, "input.document_url"),
        ({"document_url": URL, "language": "fr"}, "input.language"),
        ({"document_url": URL, "colour": "red"}, "input.colour"),
        (["a.pdf"], "input"),
    ],
)
def test_an_input_that_breaks_the_schema_is_refused_by_its_field(
    shop: Workshop, document: Any, field: str
) -> None:
    shop.pipeline()
    with pytest.raises(InvalidInput) as refused:
        shop.submit(document)
    assert refused.value.field == field
    assert refused.value.message.startswith(f"{field}: ")


def test_a_job_keeps_its_input_and_works_on_the_file_that_it_names(shop: Workshop) -> None:
    shop.pipeline(replace(PROGRAM, files=("/document_url",)))
    job = shop.submit().job
    assert job.input == {"json": {"document_url": URL}}
    number = job.asset
    assert number is not None
    asset = shop.do(lambda work: work.assets.get(number))
    assert asset is not None
    assert (asset.location, asset.name) == (URL, "a.pdf")
    with pytest.raises(InvalidInput) as refused:
        shop.submit({"document_url": "http://evil.example/"})
    assert refused.value.field == "input.document_url"
    with pytest.raises(AssetNotFound) as missing:
        shop.submit({"document_url": "none"})
    assert missing.value.message == "input.document_url: there is no asset 'none'."


def test_a_file_given_by_itself_stands_in_the_input(shop: Workshop) -> None:
    shop.pipeline(replace(PROGRAM, files=("/document_url",)))
    assert shop.submit(input=JobInput(url=URL)).job.input == {"json": {"document_url": URL}}
    shop.pipeline(PROGRAM)
    with pytest.raises(InvalidInput, match="takes JSON"):
        shop.submit(input=JobInput(url=URL))


def test_another_file_is_the_input_of_its_task(shop: Workshop) -> None:
    shop.pipeline(replace(PROGRAM, files=("find:/document_url",)))
    graph = shop.submit()
    task = shop.graph(graph.job.number).named("find")
    assert graph.job.asset is None
    assert task.asset is not None
    assert task.input == {"url": URL}


def test_values_of_the_input_become_parameters_below_those_asked_for(shop: Workshop) -> None:
    shop.pipeline(replace(PROGRAM, params={"find.echo": "/language"}))
    graph = shop.submit({"document_url": URL, "language": "de"})
    assert graph.named("find").parameters == {"echo": "de"}
    asked = shop.submit({"document_url": URL, "language": "de"}, params={"find": {"echo": "en"}})
    assert asked.named("find").parameters == {"echo": "en"}
    assert shop.submit().named("find").parameters == {}


def test_times_and_callback_of_the_program_stand_where_nothing_is_said(shop: Workshop) -> None:
    shop.pipeline(replace(PROGRAM, expires_after_s=60, retain_for_s=3600))
    job = shop.submit().job
    assert job.expires_at == shop.now + timedelta(seconds=60)
    assert job.retain_until == shop.now + timedelta(hours=1)
    later = shop.now + timedelta(days=1)
    said = shop.submit(expires_at=later, retain_until=later).job
    assert (said.expires_at, said.retain_until) == (later, later)


def test_an_engines_answer_is_the_output_without_its_confidence(shop: Workshop) -> None:
    shop.pipeline()
    graph = shop.submit()
    with pytest.raises(OutputNotFound, match="queued"):
        shop.output(graph)
    shop.work_off(SURE)
    assert shop.output(graph) == JobOutput({"total": 12.5, "payee": "ACME"}, 0.9, "engine")


def test_an_answer_that_breaks_the_output_schema_fails_the_job(shop: Workshop) -> None:
    shop.pipeline()
    graph = shop.submit()
    shop.work_off({"payee": "ACME"})
    reason = shop.graph(graph.job.number).job.reason
    assert reason is not None
    assert reason.code == "output_invalid"
    assert "output.total" in reason.message


def test_people_below_the_threshold_put_right_what_the_engine_found(shop: Workshop) -> None:
    shop.pipeline(review={"threshold": 0.5})
    ann = shop.person("ann")
    graph = shop.submit()
    shop.work_off({"payee": "ACME", "confidence": 0.1})  # wrong, but people look at it
    review = shop.review(graph)
    assert review.spec.form is not None
    assert review.spec.form["required"] == ["total"]
    shop.take(ann, review)
    shop.answer(ann, review, {"total": 13, "confidence": 0.1})
    assert shop.output(graph) == JobOutput({"total": 13}, None, "person")


def test_nobody_is_asked_about_what_the_engine_is_sure_of(shop: Workshop) -> None:
    shop.pipeline(review={"threshold": 0.5})
    graph = shop.submit()
    shop.work_off(SURE)
    assert shop.output(graph).by == "engine"
    wrong = shop.submit()
    shop.work_off({"confidence": 0.9})
    assert shop.state(wrong) == "failed"


def test_the_worker_policy_stands_where_the_review_says_nothing(shop: Workshop) -> None:
    program = replace(PROGRAM, workers={"threshold": 0.3, "people": 2, "time_limit_s": 5})
    shop.pipeline(program, review={"people": 1})
    spec = shop.submit().named("check").review
    assert spec is not None
    assert (spec.threshold, spec.people, spec.time_limit_s) == (0.3, 1, 5)


def test_an_edited_output_takes_the_place_of_the_one_before(shop: Workshop) -> None:
    shop.pipeline()
    graph = shop.submit()
    with pytest.raises(JobNotEnded):
        shop.edit(graph, {"total": 1})
    shop.work_off(SURE)
    with pytest.raises(InvalidInput) as refused:
        shop.edit(graph, {"total": "much"})
    assert refused.value.field == "output.total"
    shop.edit(graph, {"total": 1})
    assert shop.edit(graph, {"total": 2}) == shop.output(graph)
    assert shop.output(graph) == JobOutput({"total": 2}, None, "person", shop.now)
    assert shop.events(graph)[-1] == "job.output_edited"
    edits = shop.do(lambda work: output_edits(work, shop.ours, graph.job.id, 0, 9))
    assert [each.edit.document for each in edits] == [{"total": 1}, {"total": 2}]


def test_what_was_edited_does_not_count_when_the_job_runs_again(shop: Workshop) -> None:
    shop.pipeline()
    graph = shop.submit()
    shop.work_off(SURE)
    shop.edit(graph, {"total": 1})
    shop.do(lambda work: service.restart_job(work, shop.ours, graph.job.id, shop.now))
    shop.work_off(UNSURE)
    assert shop.output(graph).confidence == 0.2


def test_a_job_keeps_the_program_that_it_was_made_with(shop: Workshop) -> None:
    shop.pipeline()
    graph = shop.submit()
    shop.pipeline(replace(PROGRAM, output_schema={"type": "object", "required": ["new"]}))
    shop.work_off(SURE)
    assert shop.output(graph).document["total"] == 12.5


def test_a_batch_of_inputs_is_checked_row_by_row(shop: Workshop) -> None:
    shop.pipeline(replace(PROGRAM, files=("/document_url",), expires_after_s=9,
                          params={"find.echo": "/language"}))  # fmt: skip

    def batch(*documents: Any) -> Any:
        commands = [SubmitJob(JobInput(json=each), pipeline=NAME) for each in documents]
        return shop.do(
            lambda work: create_batch(work, shop.outside, shop.ours, None, commands, shop.now)
        )

    rows = [{"document_url": f"{URL}?{i}", "language": ("de", "en")[i % 2]} for i in range(6)]
    made = batch(*rows)
    jobs = shop.do(lambda work: [work.jobs.graph(n) for n in range(1, 7)])  # type: ignore[arg-type]
    assert made.size == 6
    assert [job.job.input["json"] for job in jobs if job] == rows
    assert [job.named("find").parameters["echo"] for job in jobs if job] == ["de", "en"] * 3
    assert all(job and job.job.asset and job.job.expires_at for job in jobs)
    with pytest.raises(InvalidInput) as refused:
        batch(rows[0], {"language": "de"})
    assert refused.value.field == "jobs.1.input.document_url"


@pytest.mark.parametrize(
    ("program", "field"),
    [
        (Program(input_schema={"type": "thing"}), "program.input_schema"),
        (Program(output_schema={"$ref": "http://a"}), "program.output_schema"),
        (Program(files=("document_url",)), "program.files.0"),
        (Program(files=("/a", "/b")), "program.files.1"),
        (Program(files=("nobody:/a",)), "program.files"),
        (Program(params={"find": "/a"}), "program.params"),
        (Program(params={"nobody.echo": "/a"}), "program.params"),
        (Program(params={"find.echo": "a"}), "program.params.find.echo"),
        (Program(answer="nobody"), "program.answer"),
        (Program(expires_after_s=-1), "program.expires_after_s"),
        (Program(workers={"colour": 1}), "program.workers.colour"),
        (Program(workers={"people": 0}), "program.workers.people"),
    ],
)
def test_a_wrong_program_is_refused_by_its_field(
    shop: Workshop, program: Program, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        shop.pipeline(program)
    assert refused.value.field == field


def test_the_end_of_the_graph_answers_if_nothing_is_said(shop: Workshop) -> None:
    made = shop.pipeline(review={})
    assert made.program is not None
    assert made.program.answer == "check"
    again = shop.do(lambda work: work.pipelines.get(shop.ours.organization, NAME))
    assert again == made

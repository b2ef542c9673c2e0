"""Ground truth: list, show, add, edit, delete."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from jobmill.cli.metadata import Metadata, metadata_given
from jobmill.cli.output import clock, say
from jobmill.cli.session import Session, job_named, usage, with_session

app = typer.Typer(no_args_is_help=True, help="Known right answers to inputs of pipelines.")
PipelineArgument = Annotated[str, typer.Argument(metavar="PIPELINE")]
ROW = ("input", "label", "tag", "metadata")
TruthArgument = Annotated[str, typer.Argument(metavar="TRUTH", help="Id or number.")]
Label = Annotated[
    str | None, typer.Option(metavar="JSON", help="What is right; a word that is no JSON is text.")
]
Given = Annotated[str | None, typer.Option("--input-json", metavar="JSON", help="The input.")]
Asset = Annotated[str | None, typer.Option(help="The input is an uploaded file, by its id.")]
Tag = Annotated[str | None, typer.Option(help="A word to find it by.")]


@app.command("list")
@with_session
def list_(
    session: Session,
    pipeline: Annotated[str | None, typer.Option(help="Of this pipeline.")] = None,
    tag: Annotated[str | None, typer.Option(help="With this tag.")] = None,
    deleted: Annotated[bool, typer.Option("--deleted", help="Those that are deleted.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 20,
) -> None:
    """List ground truth, newest first."""
    state = "deleted" if deleted else None
    with session.client() as client:
        found = list(client.truths.list(pipeline, tag=tag, state=state, limit=limit))
    session.rows(
        found,
        ("truth", "pipeline", "label", "kind", "tag", "used", "created"),
        lambda t: (
            t.number,
            t.pipeline,
            _shortly(t.label),
            t.kind,
            t.tag,
            t.used,
            clock(t.created_at),
        ),
    )


@app.command()
@with_session
def show(session: Session, truth: TruthArgument) -> None:
    """Show ground truth with its input and label."""
    with session.client() as client:
        found = client.truths.get(truth)
    session.tell(found.raw, json.dumps(found.raw, indent=2, ensure_ascii=False))


@app.command()
@with_session
def add(
    session: Session,
    pipeline: Annotated[str | None, typer.Argument(metavar="[PIPELINE]")] = None,
    label: Label = None,
    input_json: Given = None,
    asset: Asset = None,
    job: Annotated[
        str | None, typer.Option(help="Take a job's input and, without --label, its output.")
    ] = None,
    tag: Tag = None,
    metadata: Metadata = None,
) -> None:
    """Keep what is right for an input of a pipeline, or what a job answered."""
    said: dict[str, Any] = {"tag": tag, "metadata": metadata_given(metadata) or None}
    given = _input(input_json, asset)
    if (job is None) == (pipeline is None):
        usage("Give either PIPELINE or --job.")
    with session.client() as client:
        if job is not None:
            if given is not None:
                usage("--input-json and --asset: the input is the job's; leave them out.")
            right = None if label is None else _value(label)
            made = client.truths.add_job(job_named(client, job), label=right, **said)
        elif given is None or label is None:
            usage("Give --label, and the input by --input-json or --asset.")
        else:
            made = client.truths.add(pipeline or "", given, _value(label), **said)
    session.tell(made.raw, str(made.number))


@app.command("import")
@with_session
def import_(
    session: Session,
    pipeline: PipelineArgument,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="JSON lines.")
    ],
) -> None:
    """Keep what a file says is right, a line each: {"input": …, "label": …, "tag": …,
    "metadata": …}, as `list --json` prints them.

    Nothing is kept if a line is not of this form. Ends at the first one that is refused.
    """
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = [(n, _row(n, line)) for n, line in enumerate(lines, 1) if line.strip()]
    from jobmill_client import JobmillError

    with session.client() as client:
        for number, row in rows:
            try:
                made = client.truths.add(pipeline, **row)
            except JobmillError as refusal:
                refusal.message = f"line {number}: {refusal.message}"
                raise
            session.show(made.raw, lambda: None)
    if not session.json:
        say(f"{len(rows)} kept.")


@app.command()
@with_session
def edit(
    session: Session,
    truth: TruthArgument,
    label: Label = None,
    input_json: Given = None,
    asset: Asset = None,
    tag: Annotated[str | None, typer.Option(help="A word to find it by; '' takes it away.")] = None,
    metadata: Metadata = None,
) -> None:
    """Change ground truth; what was measured against it before stays."""
    changes: dict[str, Any] = {}
    if label is not None:
        changes["label"] = _value(label)
    if (given := _input(input_json, asset)) is not None:
        changes["input"] = given
    if tag is not None:
        changes["tag"] = tag or None
    if metadata:
        changes["metadata"] = metadata_given(metadata)
    if not changes:
        usage("Say what to change: --label, --input-json, --asset, --tag or --metadata.")
    with session.client() as client:
        edited = client.truths.edit(truth, **changes)
    session.tell(edited.raw, f"Ground truth {edited.number} is changed.")


@app.command()
@with_session
def delete(session: Session, truth: TruthArgument) -> None:
    """Measure nothing against it any more."""
    with session.client() as client:
        client.truths.delete(truth)
    session.tell({"truth": truth, "deleted": True}, f"Ground truth {truth} is deleted.")


def _row(number: int, line: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError as problem:
        usage(f"line {number}: {problem}.")
    if not isinstance(said, dict) or not isinstance(said.get("input"), dict):
        said = {}
    if said.get("label") is None:
        usage(f'line {number}: give an object with "input" (such as {{"json": …}}) and "label".')
    return {name: said[name] for name in ROW if said.get(name) is not None}


def _input(input_json: str | None, asset: str | None) -> dict[str, Any] | None:
    if input_json is not None and asset is not None:
        usage("Give --input-json or --asset, not both.")
    if asset is not None:
        return {"asset": asset}
    return None if input_json is None else {"json": _value(input_json)}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _shortly(label: Any) -> str:
    text = label if isinstance(label, str) else json.dumps(label, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:39]}…"

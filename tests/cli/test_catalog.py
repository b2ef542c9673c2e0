"""Engines, features, pipelines and assets, by commands."""

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.client.test_jobs import make_wave
from tests.serving import ServerProcess, jobmill


def test_engines_are_listed_with_and_without_the_word(run: Run) -> None:
    bare, named = run("engines", "--json"), run("engines", "list", "--json")
    assert [each["id"] for each in bare.lines] == [each["id"] for each in named.lines]
    assert {"scan", "noop"} <= {each["id"] for each in bare.lines}
    assert json.loads(run("engines", "show", "scan").out)["category"] == "quality-control"


def test_features_tell_their_parameters(run: Run) -> None:
    line = next(each for each in run("features").out.splitlines() if each.startswith("IN_BLACK"))
    assert "delay, black_value" in line


def test_a_new_engine_is_checked_added_and_used_at_once(
    run: Run, server: ServerProcess, tmp_path: Path
) -> None:
    made = jobmill("engines", "new", "word-counter", "--json", cwd=tmp_path)
    folder = made.json["folder"]
    assert jobmill("engines", "new", "word-counter", cwd=tmp_path).code == 2
    checks = jobmill("engines", "check", folder, "--json")
    assert checks.code == 0, checks.out
    assert all(check["ok"] for check in checks.lines)
    assert run("engines", "add", folder).code == 0
    assert run("engines", "add", folder).code == 2
    assert run("engines", "add", folder, "--replace").code == 0
    text = tmp_path / "text.txt"
    text.write_text("one two\nthree\n")
    graph = tmp_path / "graph.json"
    graph.write_text('[{"name": "count", "engine": "word-counter"}]')
    ran = run("run", str(text), "--graph", str(graph), "--json")
    assert ran.code == 0, ran.err
    assert ran.json["results"][0]["document"]["words"] == 3


def test_an_engine_that_does_not_work_fails_its_check(tmp_path: Path) -> None:
    (tmp_path / "engine.toml").write_text("[engine]\nid = 'x'\n")
    ran = jobmill("engines", "check", str(tmp_path))
    assert ran.code == 1
    assert "FAIL" in ran.out
    assert jobmill("engines", "add", str(tmp_path), "--data", str(tmp_path)).code == 2


def test_a_pipeline_is_created_shown_run_and_deleted(run: Run, tmp_path: Path) -> None:
    words = ["--feature", "SILENCE", "--param", "SILENCE.min_duration=0.3"]
    assert run("pipelines", "create", "quiet", *words, "--json").json["version"] == 1
    assert run("pipelines", "create", "quiet", *words).code == 1
    assert run("pipelines", "create", "quiet", *words, "--replace", "--json").json["version"] == 2
    assert json.loads(run("pipelines", "show", "quiet").out)["features"] == ["SILENCE"]
    assert "quiet" in run("pipelines", "list").out
    file = make_wave(tmp_path / "tone.wav")
    job = run("run", str(file), "--pipeline", "quiet", "--json").json["job"]
    assert (job["state"], job["pipeline"]) == ("completed", "quiet")
    assert run("pipelines", "delete", "quiet").code == 0
    assert run("pipelines", "show", "quiet").code == 1


def test_an_asset_goes_up_and_comes_down(run: Run, tmp_path: Path) -> None:
    file = make_wave(tmp_path / "tone.wav")
    asset = run("assets", "upload", str(file)).out.strip()
    assert run("assets", "show", asset, "--json").json["size"] == file.stat().st_size
    target = tmp_path / "copy.wav"
    assert run("assets", "download", asset, str(target)).out.strip() == str(target)
    assert target.read_bytes() == file.read_bytes()
    ran = run("run", "--asset", asset, "-f", "SILENCE", "--json")
    assert ran.json["job"]["state"] == "completed"
    assert run("assets", "delete", asset).code == 0
    assert run("assets", "upload", str(tmp_path / "nothing")).code == 2


def test_workers_are_listed(run: Run) -> None:
    assert run("workers", "--json").json["name"] == "worker-1"


def test_doctor_looks_at_everything_and_ends_with_0(run: Run) -> None:
    ran = run("doctor", "--json")
    assert ran.code == 0, ran.out
    found = {each["name"]: each for each in ran.lines}
    assert {"sqlite", "decoders", "data folder", "disk", "engines", "no network"} <= set(found)
    assert (found["server"]["status"], found["workers"]["status"]) == ("ok", "ok")


def test_doctor_names_a_manifest_that_cannot_be_used(tmp_path: Path) -> None:
    engine = tmp_path / "engines" / "broken"
    engine.mkdir(parents=True)
    (engine / "engine.toml").write_text("[engine]\nid = 3\n")
    ran = jobmill("doctor", "--data", str(tmp_path), "--json", JOBMILL_URL="http://127.0.0.1:1")
    problem = next(each for each in ran.lines if each["name"] == "manifest")
    assert problem["status"] == "warn"
    assert str(engine) in problem["detail"]


def test_doctor_ends_with_1_when_the_folder_cannot_be_used(tmp_path: Path) -> None:
    key = tmp_path / "admin-key"
    key.write_text("secret")
    key.chmod(0o644)
    ran = jobmill("doctor", "--data", str(tmp_path), JOBMILL_URL="http://127.0.0.1:1")
    assert ran.code == 1
    assert f"chmod 600 {key}" in ran.out

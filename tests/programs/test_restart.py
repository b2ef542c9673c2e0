"""What was due while the server was down happens when it is up again."""

from pathlib import Path
from typing import Any

from tests.running import running

PROGRAM: dict[str, Any] = {
    "name": "asked",
    "tasks": [{"name": "a", "engine": "noop"}, {"name": "check", "review": {"step": "check"}}],
    "routes": [{"from": "a", "to": "check"}],
    "program": {"workers": {"time_limit_s": 3600, "on_timeout": "fail"}},
}


def test_a_question_whose_time_was_over_while_nobody_was_there(tmp_path: Path) -> None:
    with running(tmp_path) as before:
        made = before.client.post("/api/v1/pipelines", json=PROGRAM)
        assert made.status_code == 201, made.text
        job = before.submit(pipeline="asked", tasks=[])
        path = f"/api/v1/jobs/{job['id']}/events"
        headers = {"Accept": "text/event-stream"}
        with before.client.stream("GET", path, headers=headers) as stream:
            assert any(line == "event: review.opened" for line in stream.iter_lines())
        over = "UPDATE review SET due_at = 1"  # as if an hour had passed
        database = before.house.database
        before.call(database.write(lambda work: work.reviews._db.run(over)))  # type: ignore[attr-defined]
    with running(tmp_path) as after:
        ended = after.finish(job)
        assert (ended["state"], ended["reason"]["code"]) == ("failed", "review_timed_out")

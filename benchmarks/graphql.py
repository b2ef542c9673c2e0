"""A `createJob` of five tasks by GraphQL that nobody has sent before: what answering it costs
beside parsing and validating its text with graphql-core alone.

Both are run in turns in one process, on the same text and the same schema, and processor time is
compared: that of the app from the request to the answer, its threads and the commit included,
without a socket and without a worker. Budget: twice as much.
"""

import gc
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.report import Figure, median

RUNS = 3
TURNS = 150
WARM = 20
CREATE = """
mutation {{
  createJob(input: {{
    # A job that nobody has asked for before: {turn}
    target: {{ startDateTime: 1574311000 stopDateTime: 1574315000 }}
    tasks: [
      {{
        engineId: "9e611ad7-2d3b-48f6-a51b-0a1ba40fe255"
        payload: {{ url: "https://media.example/{turn}.mp4" }}
        ioFolders: [{{ referenceId: "wsaOutputFolder" mode: stream type: output }}]
      }}
      {{
        engineId: "352556c7-de07-4d55-b33f-74b1cf237f25"
        ioFolders: [{{ referenceId: "playbackInputFolder" mode: stream type: input }}]
        executionPreferences: {{ parentCompleteBeforeStarting: true }}
      }}
      {{
        engineId: "8bdb0e3b-ff28-4f6e-a3ba-887bd06e6440"
        payload: {{
          ffmpegTemplate: "audio"
          customFFMPEGProperties: {{ chunkSizeInSeconds: "20" }}
        }}
        ioFolders: [
          {{ referenceId: "chunkAudioInputFolder" mode: stream type: input }},
          {{ referenceId: "chunkAudioOutputFolder" mode: chunk type: output }}
        ]
        executionPreferences: {{ parentCompleteBeforeStarting: true }}
      }}
      {{
        engineId: "c0e55cde-340b-44d7-bb42-2e0d65e98255"
        ioFolders: [
          {{ referenceId: "transcriptionInputFolder" mode: chunk type: input }},
          {{ referenceId: "transcriptionOutputFolder" mode: chunk type: output }}
        ]
      }}
      {{
        engineId: "8eccf9cc-6b6d-4d7d-8cb3-7ebf4950c5f3"
        ioFolders: [
          {{ referenceId: "owInputFolderFromTranscription" mode: chunk type: input }}
        ]
      }}
    ]
    routes: [
      {{
        parentIoFolderReferenceId: "wsaOutputFolder"
        childIoFolderReferenceId: "playbackInputFolder"
        options: {{}}
      }},
      {{
        parentIoFolderReferenceId: "wsaOutputFolder"
        childIoFolderReferenceId: "chunkAudioInputFolder"
        options: {{}}
      }},
      {{
        parentIoFolderReferenceId: "chunkAudioOutputFolder"
        childIoFolderReferenceId: "transcriptionInputFolder"
        options: {{}}
      }},
      {{
        parentIoFolderReferenceId: "transcriptionOutputFolder"
        childIoFolderReferenceId: "owInputFolderFromTranscription"
        options: {{}}
      }}
    ]
  }}) {{
    id
    targetId
    clusterId
    tasks {{
      records {{
        id engineId payload taskPayload status output
        ioFolders {{ referenceId type mode }}
      }}
    }}
    routes {{ parentIoFolderReferenceId childIoFolderReferenceId }}
  }}
}}
"""


def measure() -> list[Figure]:
    """Each run in a process of its own."""
    runs = [_run() for _ in range(RUNS)]
    ours = median([run["ours"] for run in runs]) * 1000
    peer = median([run["peer"] for run in runs]) * 1000
    ratio = median([run["ours"] / run["peer"] for run in runs])
    against = f"parsing and validating with graphql-core: {peer:.2f} ms"
    return [Figure("graphql_create_job", ours, "ms", against, ratio, "<= 2", RUNS)]


def _run() -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.graphql"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    run: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return run


async def run_both() -> Mapping[str, float]:
    """Seconds of processor time of each side, medians of many turns."""
    import structlog
    from graphql import build_schema, parse, validate

    from jobmill.bootstrap import create_app
    from jobmill.cli.starting import end_start
    from jobmill.config import Settings
    from jobmill.dialects.aiware.graphql.documents import SDL

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    schema = build_schema(SDL.read_text(encoding="utf-8"), no_location=True)
    ours, peer = [], []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        app = create_app(Settings(data=data, worker=False))
        async with app.router.lifespan_context(app):
            end_start()
            key = (data / "admin-key").read_text(encoding="utf-8").strip()
            for turn in range(-WARM, TURNS):
                text = CREATE.format(turn=turn)
                gc.collect(0)
                began = time.process_time()
                assert not validate(schema, parse(text))
                between = time.process_time()
                answer = await _post(app, key, json.dumps({"query": text}).encode())
                ended = time.process_time()
                assert "errors" not in answer, answer
                if turn >= 0:
                    peer.append(between - began)
                    ours.append(ended - between)
    return {"ours": statistics.median(ours), "peer": statistics.median(peer)}


async def _post(app: Any, key: str, body: bytes) -> Any:
    """The answer of the app to one request, without a client's own work."""
    sent: list[bytes] = []
    asked = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return asked.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message.get("body", b""))

    headers = {
        b"host": b"localhost",
        b"authorization": f"Bearer {key}".encode(),
        b"content-type": b"application/json",
        b"content-length": str(len(body)).encode(),
    }
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v3/graphql",
        "raw_path": b"/v3/graphql",
        "query_string": b"",
        "root_path": "",
        "headers": list(headers.items()),
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 1),
        "state": {},
    }
    await app(scope, receive, send)
    return json.loads(b"".join(sent))


if __name__ == "__main__":
    import uvloop  # what the server runs on

    print(json.dumps(uvloop.run(run_both())))

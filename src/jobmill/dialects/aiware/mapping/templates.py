"""Jobs of one engine: the tasks that its template makes around it, for an upload or for media that
a recording holds already."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.dialects.aiware.mapping.catalogue import (
    COGNITION,
    category_of,
    engine_id,
    engine_kind,
    engine_named,
)
from jobmill.dialects.aiware.mapping.engines import fields_of
from jobmill_engine.manifest import Manifest

NO_TEMPLATE = "This engine does not specify a default single job template"
STREAM, CHUNKS, WRITER = "webstream", "chunker", "output-writer"
MEDIA = ("audio/", "video/")
# Pictures are looked at one by one, sound is heard in stretches.
PICTURES = {"ocr", "object", "face"}
Installed = Mapping[str, Manifest]


def templates_of(manifest: Manifest) -> list[dict[str, str]]:
    """The templates of an engine, with the vendor's words in braces; fields that are not given are
    left out of the payload."""
    if engine_kind(manifest.id) != COGNITION:
        return []
    payload = {each["name"]: "{{{" + each["name"] + "}}}" for each in fields_of(manifest)}
    found = []
    for kind in ("Upload", "Reprocess"):
        tasks, routes = _stages(manifest, "{{{ENGINE_ID}}}", payload, _source(kind))
        text = json.dumps({"tasks": tasks, "routes": routes}, indent=2)
        found.append({"type": kind, "template": text, "templateLanguage": "Handlebars"})
    return found


def _source(kind: str) -> dict[str, str]:
    if kind == "Upload":
        return {"url": "{{{UPLOAD_URL}}}"}
    return {"tdoId": "{{{TARGET_ID}}}"}


def single_engine_job(given: Mapping[str, Any], installed: Installed) -> dict[str, Any]:
    """The input of `createJob` that an input of `launchSingleEngineJob` stands for."""
    engine = engine_named(str(given["engineId"]), installed)
    manifest = installed.get(engine or "")
    if manifest is None or engine_kind(manifest.id) != COGNITION:
        raise InvalidInput(NO_TEMPLATE, field="input.engineId")
    url, target = given.get("uploadUrl"), given.get("targetId")
    if (url is None) == (target is None):
        raise InvalidInput(
            "input.uploadUrl: give either uploadUrl or targetId.", field="input.uploadUrl"
        )
    source = {} if url is None else {"url": url}
    payload = _payload(given.get("fields") or (), manifest)
    tasks, routes = _stages(manifest, str(given["engineId"]), payload, source)
    missing = [each["engineId"] for each in tasks if not _is_there(each["engineId"], installed)]
    if missing:
        tasks, routes = [{"engineId": given["engineId"], "payload": {**payload, **source}}], []
    if given.get("priority") is not None:
        for task in tasks:
            preferences = task.get("executionPreferences", {})
            task["executionPreferences"] = {**preferences, "priority": given["priority"]}
    job = {"tasks": tasks, "routes": routes, "clusterId": given.get("clusterId")}
    return {**job, "targetId": target} if target is not None else job


def _payload(fields: Sequence[Mapping[str, Any]], manifest: Manifest) -> dict[str, Any]:
    known = {each["name"] for each in fields_of(manifest)}
    found = {}
    for i, each in enumerate(fields):
        name = each.get("fieldName")
        if name not in known:
            field = f"input.fields[{i}].fieldName"
            raise InvalidInput(
                f"{field}: the engine has no field {name!r}; it has {', '.join(sorted(known))}.",
                field=field,
            )
        found[str(name)] = each.get("fieldValue")
    return found


def _stages(
    manifest: Manifest, engine: str, payload: Mapping[str, Any], source: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The engine with what brings its input and collects what it finds."""
    chunked = "chunk" in manifest.modes and _hears_or_sees(manifest)
    folders = [_folder("engineInput", "input")] if chunked else []
    own: dict[str, Any] = {
        "engineId": engine,
        "payload": dict(payload) if chunked else {**payload, **source},
        "ioFolders": [*folders, _folder("engineOutput", "output")],
    }
    before = _bringing(manifest, source) if chunked else []
    routes = [_route("streamOutput", "chunkInput"), _route("chunkOutput", "engineInput")]
    after: list[dict[str, Any]] = []
    if category_of(manifest).contracts:
        after = [{"engineId": engine_id(WRITER), "ioFolders": [_folder("writerInput", "input")]}]
    joined = routes if chunked else []
    return (
        [*before, own, *after],
        [*joined, *([_route("engineOutput", "writerInput")] if after else [])],
    )


def _bringing(manifest: Manifest, source: Mapping[str, Any]) -> list[dict[str, Any]]:
    picture = category_of(manifest).category_type in PICTURES
    return [
        {
            "engineId": engine_id(STREAM),
            "payload": dict(source),
            "ioFolders": [_folder("streamOutput", "output", "stream")],
        },
        {
            "engineId": engine_id(CHUNKS),
            "payload": {"ffmpegTemplate": "frame" if picture else "audio"},
            "ioFolders": [
                _folder("chunkInput", "input", "stream"),
                _folder("chunkOutput", "output"),
            ],
        },
    ]


def _hears_or_sees(manifest: Manifest) -> bool:
    return any(each.startswith(MEDIA) for each in manifest.media_in)


def _is_there(engine: str, installed: Installed) -> bool:
    return (engine_named(engine, installed) or "") in installed


def _folder(name: str, kind: str, mode: str = "chunk") -> dict[str, str]:
    return {"referenceId": name, "mode": mode, "type": kind}


def _route(parent: str, child: str) -> dict[str, Any]:
    return {"parentIoFolderReferenceId": parent, "childIoFolderReferenceId": child, "options": {}}

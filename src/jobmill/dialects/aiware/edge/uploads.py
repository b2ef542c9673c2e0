"""Jobs of one engine on a file that comes with the call, by a template."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from jobmill.core.accounts import Right
from jobmill.core.errors import InvalidInput, UnsupportedBody
from jobmill.core.items import Naming, StoredBytes, add_upload
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.aiware.edge.call import call_of, route
from jobmill.dialects.aiware.edge.engines import engine_of
from jobmill.dialects.aiware.edge.jobs import submit_edge_job
from jobmill.dialects.aiware.edge.mapping.create_job import read_edge_job
from jobmill.dialects.aiware.edge.mapping.reading import json_object
from jobmill.dialects.aiware.edge.mapping.templates import NAMES, USUAL, filled
from jobmill.dialects.aiware.edge.templates import find_template, own_templates
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.http.limits import chunks_of
from jobmill.http.multipart import FileForm, FormReader, is_form
from jobmill.http.receiving import drop_unnamed
from jobmill.http.request_id import speak_of
from jobmill_engine.manifest import Manifest

FIELDS_CAP = 2**20


async def create(request: Request) -> Response:
    """`POST engine/{id}/createjob`: a form with a file; the job starts when all of it is here."""
    call = await call_of(request)
    manifest = engine_of(call, request.path_params["engine"])
    content_type = request.headers.get("content-type", "")
    if not is_form(content_type):
        raise UnsupportedBody("Send a form, multipart/form-data, with the file as 'fileName'.")
    house, cap = call.house, call.house.settings.max_upload
    stored, who = None, call.who
    who.require(Right.JOBS_WRITE)
    who.require(Right.ASSETS_WRITE)
    reader = FormReader(content_type, chunks_of(request, cap + FIELDS_CAP))
    try:
        async with house.blobs.holding():
            stored = kept = await house.blobs.put(who.organization, reader.pieces(), cap)
            graph = await house.database.write(
                lambda work: _submit(work, call, manifest, reader.form, kept)
            )
    except BaseException:
        if stored is not None:
            await drop_unnamed(house, who.organization, stored)
        raise
    speak_of(graph.job.id)
    return JSONResponse({"internalJobId": graph.job.id})


def _submit(
    work: UnitOfWork, call: Call, manifest: Manifest, form: FileForm, stored: StoredBytes
) -> JobGraph:
    fields = form.fields
    name = fields.get("templateName") or USUAL
    installed = call.catalog.manifests()
    template = find_template(work, call, manifest, name)
    if template is None:
        known = " and ".join([*NAMES, *own_templates(work, call, manifest)])
        raise InvalidInput(
            f"templateName: there is no template {name!r}; there are {known}.",
            field="templateName",
        )
    media_type = fields.get("contentType") or form.media_type or "application/octet-stream"
    naming = Naming(fields.get("inputFileName") or form.file_name or "upload", media_type)
    asset = add_upload(work.assets, call.who, naming, stored, call.now)
    payload = {**json_object(fields, "parameterJSON", ""), "assetId": asset.handle}
    payload.pop("url", None)
    job = read_edge_job(filled(template, payload), "", installed, call.now)
    return submit_edge_job(work, call, job, "")


UPLOAD_ROUTES: list[BaseRoute] = [
    route("/engine/{engine}/createjob", "POST", create),
]

"""How a download is described: its statuses, its headers."""

from jobmill.api.answers import Answers

_BYTES = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
_ETAG = {"ETag": {"schema": {"type": "string"}}}
_RANGE = {"Content-Range": {"schema": {"type": "string"}}}

DOWNLOAD: Answers = {
    200: {"description": "All bytes.", "content": _BYTES, "headers": _ETAG},
    206: {"description": "The range asked for.", "content": _BYTES, "headers": {**_ETAG, **_RANGE}},
    304: {"description": "The caller has it already (`If-None-Match`)."},
    416: {"description": "The range lies outside.", "headers": _RANGE},
}

JSON_DOCUMENT: Answers = {
    200: {"description": "The document.", "content": {"application/json": {"schema": {}}}},
}

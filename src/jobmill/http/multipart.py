"""Forms with one file in them (RFC 7578), taken piece by piece: a file is never held in memory.

Fields are short words beside the file, before or after it; a second file is refused.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import Message

from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError

from jobmill.core.errors import InvalidInput, MalformedBody, UnsupportedBody

FIELD_LIMIT, FIELDS_LIMIT, HEADERS_LIMIT = 8192, 32, 8192
# All that RFC 8187 knows. Python has codecs of other kinds, which are no business of a client's.
_CHARSETS = {"iso-8859-1": "iso-8859-1", "us-ascii": "ascii"}


@dataclass(slots=True)
class FileForm:
    """What a form held. The fields and facts are whole when `pieces` has come to its end."""

    fields: dict[str, str] = field(default_factory=dict)
    file_name: str | None = None
    media_type: str = ""
    has_file: bool = False


def is_form(content_type: str) -> bool:
    """Whether a body is such a form."""
    return content_type.partition(";")[0].strip().lower() == "multipart/form-data"


class FormReader:
    """Reads one form. Iterate `pieces` for the bytes of the file, then look at `form`."""

    def __init__(
        self,
        content_type: str,
        chunks: AsyncIterator[bytes],
        *,
        field_limit: int = FIELD_LIMIT,
        needs_file: bool = True,
    ) -> None:
        """Raises UnsupportedBody for a form without a boundary."""
        boundary = _parameters("content-type", content_type).get("boundary", "")
        if not boundary:
            raise UnsupportedBody(
                "The form's Content-Type has no boundary.",
                field="Content-Type",
                fix="Let the program write it: curl -F file=@FILE.",
            )
        self.form = FileForm()
        self._field_limit, self._needs_file = field_limit, needs_file
        self._chunks = chunks
        self._ready: list[bytes] = []
        self._name: str | None = None
        self._text = bytearray()
        self._header = (bytearray(), bytearray())
        self._headers: dict[str, str] = {}
        self._headers_size = 0
        self._ended = False
        self._parser = MultipartParser(
            boundary.encode("latin-1", "replace"),
            {
                "on_part_begin": self._part_begin,
                "on_part_data": self._part_data,
                "on_part_end": self._part_end,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_end": self._end,
            },
        )

    async def pieces(self) -> AsyncIterator[bytes]:
        """The file's bytes. Raises MalformedBody, InvalidInput when there is not one file."""
        try:
            async for chunk in self._chunks:
                self._parser.write(chunk)
                for piece in self._ready:
                    yield piece
                self._ready.clear()
        except MultipartParseError as error:
            raise MalformedBody(f"The form is not valid: {error}.") from None
        if not self._ended:
            raise MalformedBody("The form ends before its last boundary.")
        if self._needs_file and not self.form.has_file:
            raise InvalidInput("file: the form holds no file; name one 'file'.", field="file")

    def _part_begin(self) -> None:
        self._headers, self._headers_size = {}, 0
        self._header = (bytearray(), bytearray())

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._grow(self._header[0], data[start:end])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._grow(self._header[1], data[start:end])

    def _grow(self, to: bytearray, data: bytes) -> None:
        self._headers_size += len(data)
        if self._headers_size > HEADERS_LIMIT:
            raise MalformedBody("The headers of a part of the form are too long.")
        to += data

    def _header_end(self) -> None:
        name, value = (bytes(each).decode("utf-8", "replace") for each in self._header)
        self._headers[name.strip().lower()] = value.strip()
        self._header = (bytearray(), bytearray())

    def _headers_finished(self) -> None:
        told = _parameters("content-disposition", self._headers.get("content-disposition", ""))
        if "filename" not in told:
            self._name = told.get("name", "")
            self._text.clear()
            if len(self.form.fields) >= FIELDS_LIMIT:
                raise InvalidInput(f"A form holds {FIELDS_LIMIT} fields at most.")
            return
        if self.form.has_file:
            raise InvalidInput("file: send one file a form.", field="file")
        self._name = None
        self.form.has_file = True
        self.form.file_name = told["filename"] or None
        self.form.media_type = self._headers.get("content-type", "")

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._name is None:
            self._ready.append(data[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > self._field_limit:
            raise InvalidInput(f"{self._name}: a field holds {self._field_limit} bytes at most.")

    def _part_end(self) -> None:
        if self._name is not None:
            self.form.fields[self._name] = bytes(self._text).decode("utf-8", "replace")

    def _end(self) -> None:
        self._ended = True


def _parameters(header: str, value: str) -> dict[str, str]:
    """The parameters behind the first `;` of a header's value."""
    message = Message()
    message[header] = value.replace("\r", "").replace("\n", "")
    found = message.get_params(header=header, failobj=[])
    return {name.lower(): _plain(given) for name, given in found[1:]}


def _plain(given: str | tuple[str | None, str | None, str]) -> str:
    """A parameter, which RFC 2231 may have encoded."""
    if isinstance(given, str):
        return given
    charset, _, text = given
    told = (charset or "").lower()
    return text.encode("latin-1", "replace").decode(_CHARSETS.get(told, "utf-8"), "replace")

"""Forms that nobody well-meaning writes: each is read or refused, none is a surprise."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobmill.core.errors import InvalidInput
from jobmill.http.multipart import FileForm, FormReader

TYPE = "multipart/form-data; boundary=b"
WORDS = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60)
DISPOSITIONS = WORDS | st.builds(
    lambda name, star, text: f"form-data; name=f; {name}{star}={text}",
    st.sampled_from(["filename", "filename*0", "filename*1", "name"]),
    st.sampled_from(["", "*"]),
    st.builds("{}'{}'{}".format, WORDS, WORDS, WORDS) | WORDS,
)


def part(disposition: str, body: bytes = b"x") -> bytes:
    head = f"--b\r\nContent-Disposition: {disposition}\r\n\r\n".encode("latin-1")
    return head + body + b"\r\n"


async def read(kind: str, *chunks: bytes) -> tuple[FileForm, bytes]:
    async def sent() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    reader = FormReader(kind, sent())
    data = b"".join([piece async for piece in reader.pieces()])
    return reader.form, data


@given(DISPOSITIONS)
@example("form-data; name=f; filename*=no-such-charset''x")
@example("form-data; name=f; filename*=hex''x")
@example("form-data; name=f; filename*=undefined''x")
def test_any_disposition_of_a_part_is_read_or_refused(disposition: str) -> None:
    with suppress(InvalidInput):
        asyncio.run(read(TYPE, part(disposition) + b"--b--\r\n"))


@given(WORDS, st.binary(max_size=100))
def test_any_type_and_body_is_read_or_refused(kind: str, body: bytes) -> None:
    with suppress(InvalidInput):
        asyncio.run(read(f"multipart/form-data; {kind}", body))


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ('filename="film.mp4"', "film.mp4"),
        ("filename*=UTF-8''Gr%C3%BC%C3%9Fe.mp4", "Grüße.mp4"),
        ("filename*=iso-8859-1''Gr%FC%DFe.mp4", "Grüße.mp4"),
        ("filename*=no-such-charset''Gr%C3%BC%C3%9Fe.mp4", "Grüße.mp4"),
    ],
)
def test_a_files_name_is_read_in_every_form(told: str, name: str) -> None:
    form, data = asyncio.run(read(TYPE, part(f"form-data; name=file; {told}"), b"--b--\r\n"))
    assert (form.file_name, data) == (name, b"x")

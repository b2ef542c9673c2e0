"""Answers of people on their way in: documents are read, compared and stored outside of the
transaction that checks the answer in. Shared by every transport.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.errors import InvalidInput, JobmillError, ReviewConflict
from jobmill.core.ids import OrganizationNumber
from jobmill.core.jobs.service.output import refuse_output
from jobmill.core.jobs.service.reviews import (
    Basis,
    GivenAnswer,
    ReviewView,
    answer_review,
    basis_of,
    keep_refused,
    my_draft,
    review_document,
    save_draft,
)
from jobmill.core.pipelines.review_spec import form_problem
from jobmill.core.reviews.differences import differences, digest_of
from jobmill.core.reviews.model import AnswerKind, Document, DocumentChange
from jobmill.http.house import House
from jobmill.http.limits import parse_json

INLINE_BYTES = 64 * 1024
"""A document up to this size is kept in its row; a larger one is a blob."""
OUTPUT_BYTES = 64 * 1024 * 1024
"""More than any body may have."""


@dataclass(frozen=True, slots=True)
class AskedAnswer:
    """What somebody answers. `document` is the edited JSON of an edit."""

    kind: AnswerKind
    document: Any = None
    comment: str = ""
    to: str | None = None


@dataclass(frozen=True, slots=True)
class _Compared:
    digest: str
    text: str
    changes: tuple[DocumentChange, ...]


async def give_answer(house: House, who: Principal, review: str, asked: AskedAnswer) -> ReviewView:
    """Check an answer in. An edit that comes when the caller's claim is over is kept as a draft.

    Raises InvalidInput (a document that fails the review's form), and what `answer_review` does.
    """
    database, now = house.database, house.clock.now()
    try:
        basis = await database.read(lambda work: basis_of(work, who, review, now))
    except ReviewConflict:
        await _rescue(house, who, review, asked)
        raise
    compared = await _compared(house, who.organization, basis, asked)
    async with house.blobs.holding():
        given = await _given(house, who.organization, basis, asked, compared)
        now = house.clock.now()
        try:
            return await database.write(lambda work: answer_review(work, who, review, given, now))
        except ReviewConflict:
            await _rescue(house, who, review, asked)
            raise


async def give_draft(house: House, who: Principal, review: str, document: Any) -> ReviewView:
    """Keep what somebody has made so far. Raises what `save_draft` does."""
    text = await asyncio.to_thread(_written, document)
    async with house.blobs.holding():
        kept = await keep_document(house, who.organization, text)
        now = house.clock.now()
        return await house.database.write(lambda work: save_draft(work, who, review, kept, now))


async def read_document(house: House, who: Principal, review: str) -> tuple[Document, bytes]:
    """What a review is about, as it stands for the next person, with its bytes."""
    found, document = await house.database.read(lambda work: review_document(work, who, review))
    return document, await bytes_of(house, found.organization, document)


async def read_draft(house: House, who: Principal, review: str) -> bytes | None:
    """The caller's draft, if there is one."""
    found, draft = await house.database.read(lambda work: my_draft(work, who, review))
    return None if draft is None else await bytes_of(house, found.organization, draft.document)


async def bytes_of(house: House, organization: OrganizationNumber, document: Document) -> bytes:
    """All of a document."""
    if document.sha256 is None:
        return (document.text or "").encode()
    pieces = await house.blobs.read(organization, document.sha256)
    return b"".join([piece async for piece in pieces])


async def keep_document(
    house: House, organization: OrganizationNumber, text: str, most: int = INLINE_BYTES
) -> Document:
    """Small text as it is, more as a blob; to be named in a transaction while it is held."""
    data = text.encode()
    if len(data) <= most:
        return Document(len(data), text)

    async def once() -> AsyncIterator[bytes]:
        yield data

    stored = await house.blobs.put(organization, once(), len(data))
    return Document(stored.size, sha256=stored.sha256)


async def _compared(
    house: House, organization: OrganizationNumber, basis: Basis, asked: AskedAnswer
) -> _Compared | None:
    """What an edit changed, and what a document is told apart by."""
    looked_at = basis.review.spec.apart or basis.answer
    if asked.kind is AnswerKind.SEND_BACK or (asked.kind is AnswerKind.CONFIRM and not looked_at):
        return None  # nobody will compare it
    before = await bytes_of(house, organization, basis.document)
    return await asyncio.to_thread(_compare, basis, before, asked)


def _compare(basis: Basis, bytes_before: bytes, asked: AskedAnswer) -> _Compared:
    before = _parsed(bytes_before)
    if basis.answer and basis.program is not None:
        document = before if asked.kind is AnswerKind.CONFIRM else asked.document
        refuse_output(basis.program, basis.program.output_of(document)[0])
    if asked.kind is AnswerKind.CONFIRM:
        return _Compared(digest_of(before), "", ())
    problem = form_problem(basis.review.spec.form, asked.document)
    if problem is not None:
        raise InvalidInput(f"document: {problem}", field="document")
    changes = differences(before, asked.document)
    return _Compared(digest_of(asked.document), _written(asked.document), changes)


def _parsed(data: bytes) -> Any:
    """JSON; what is none of ours stands for itself as text."""
    try:
        return parse_json(data)
    except JobmillError:
        return data.decode("utf-8", "replace")


async def _given(
    house: House,
    organization: OrganizationNumber,
    basis: Basis,
    asked: AskedAnswer,
    compared: _Compared | None,
) -> GivenAnswer:
    """The answer as the core takes it. An edit that changes nothing confirms."""
    kind, digest, document = asked.kind, "", None
    changes: tuple[DocumentChange, ...] = ()
    if compared is not None:
        digest, changes = compared.digest, compared.changes
    if kind is AnswerKind.EDIT and not changes:
        kind = AnswerKind.CONFIRM
    if kind is AnswerKind.EDIT and compared is not None:
        # The output of a program is read inside of transactions, where no blob can be.
        most = OUTPUT_BYTES if basis.program is not None else INLINE_BYTES
        document = await keep_document(house, organization, compared.text, most)
    return GivenAnswer(kind, basis.claim, digest, asked.comment, asked.to, document, changes)


async def _rescue(house: House, who: Principal, review: str, asked: AskedAnswer) -> None:
    """What somebody has made is not lost because they were late."""
    if asked.kind is not AnswerKind.EDIT:
        return
    text = await asyncio.to_thread(_written, asked.document)
    async with house.blobs.holding():
        kept = await keep_document(house, who.organization, text)
        now = house.clock.now()
        await house.database.write(lambda work: keep_refused(work, who, review, kept, now))


def _written(document: Any) -> str:
    from pydantic_core import to_json

    return to_json(document).decode()

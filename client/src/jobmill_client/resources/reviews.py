"""Reviews: what people are asked, and their answers."""

from collections.abc import Iterable
from typing import Any

from jobmill_client.calls import Awaited, Blocking, Calls, call, stream
from jobmill_client.models import Review, ReviewChange
from jobmill_client.resources.job_ref import JobRef, path_of, ref_of
from jobmill_client.steps import Program, Stream

ReviewRef = Review | str


class ReviewCalls(Calls):
    """The calls about reviews."""

    @stream
    def list(
        self,
        *,
        state: str | Iterable[str] | None = None,
        step: str | Iterable[str] | None = None,
        pipeline: str | Iterable[str] | None = None,
        job: JobRef | None = None,
        mine: bool = False,
        claimed: bool | None = None,
        limit: int | None = None,
    ) -> Stream[Review]:
        """Open reviews (or those in other states) of the jobs that you see, oldest first.

        `mine`: those alone that you hold; `claimed`: that somebody holds, or nobody.
        """
        params = {
            "state": _words(state),
            "step": _words(step),
            "pipeline": _words(pipeline),
            "job": None if job is None else ref_of(job),
            "mine": "true" if mine else None,
            "claimed": None if claimed is None else str(claimed).lower(),
        }
        return self._each(Review, "reviews", params, limit)

    @call
    def get(self, review: ReviewRef) -> Program[Review]:
        """The review as it is now. Raises NotFound."""
        return self._ask(Review, "GET", _path(review))

    @call
    def document(self, review: ReviewRef) -> Program[Any]:
        """What there is to look at, as JSON; of an answered review, what it handed on."""
        return self._answer("GET", f"{_path(review)}/document")

    @call
    def checkout(self, review: ReviewRef, seconds: int | None = None) -> Program[Review]:
        """Hold it for a while: nobody else may answer meanwhile. Raises Conflict."""
        return self._hold(review, "checkout", seconds)

    @call
    def renew(self, review: ReviewRef, seconds: int | None = None) -> Program[Review]:
        """Hold it longer, counted from now. Raises Conflict when the claim has expired."""
        return self._hold(review, "renew", seconds)

    @call
    def release(self, review: ReviewRef) -> Program[Review]:
        """Give it back: somebody else may take it."""
        return self._ask(Review, "POST", f"{_path(review)}/release")

    @call
    def draft(self, review: ReviewRef) -> Program[Any]:
        """What you have saved of your work on it; None if nothing."""
        return self._answer("GET", f"{_path(review)}/draft")

    @call
    def save_draft(self, review: ReviewRef, document: Any) -> Program[Review]:
        """Keep what you have made of the document so far; nobody else sees it."""
        return self._ask(Review, "PUT", f"{_path(review)}/draft", json=document)

    @call
    def confirm(self, review: ReviewRef, comment: str = "") -> Program[Review]:
        """The document is right. You must hold the review. Raises Conflict."""
        return self._reply(review, {"answer": "confirm", "comment": comment})

    @call
    def edit(self, review: ReviewRef, document: Any, comment: str = "") -> Program[Review]:
        """Hand the edited document in; all of it. Raises InvalidInput, Conflict."""
        body = {"answer": "edit", "document": document, "comment": comment}
        return self._reply(review, body)

    @call
    def send_back(
        self, review: ReviewRef, to: str | None = None, comment: str = ""
    ) -> Program[Review]:
        """Have the work done again from a task on: the one before the review, unless named."""
        body = {"answer": "send_back", "comment": comment}
        return self._reply(review, body if to is None else {**body, "to": to})

    @stream
    def changes(self, review: ReviewRef, limit: int | None = None) -> Stream[ReviewChange]:
        """Who changed what in the document, from what to what."""
        return self._each(ReviewChange, f"{_path(review)}/changes", limit=limit)

    @stream
    def changes_of_job(self, job: JobRef, limit: int | None = None) -> Stream[ReviewChange]:
        """What people changed in all reviews of a job."""
        return self._each(ReviewChange, f"{path_of(job)}/changes", limit=limit)

    def _hold(self, review: ReviewRef, verb: str, seconds: int | None) -> Program[Review]:
        body = {} if seconds is None else {"seconds": seconds}
        return self._ask(Review, "POST", f"{_path(review)}/{verb}", json=body, repeatable=True)

    def _reply(self, review: ReviewRef, body: Any) -> Program[Review]:
        return self._ask(Review, "POST", f"{_path(review)}/answer", json=body)


class Reviews(Blocking, ReviewCalls):
    """`client.reviews`."""


class AsyncReviews(Awaited, ReviewCalls):
    """`client.reviews`, awaited."""


def _path(review: ReviewRef) -> str:
    return f"reviews/{review.id if isinstance(review, Review) else review}"


def _words(given: str | Iterable[str] | None) -> Any:
    if given is None:
        return None
    return [given] if isinstance(given, str) else list(given) or None

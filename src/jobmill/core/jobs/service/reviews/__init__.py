"""Use cases on reviews: the only door for every transport and for the maintenance."""

from jobmill.core.jobs.service.reviews.answering import (
    Basis,
    GivenAnswer,
    answer_review,
    basis_of,
)
from jobmill.core.jobs.service.reviews.claiming import (
    checkout_review,
    expire_claims,
    keep_refused,
    release_review,
    renew_review,
    save_draft,
)
from jobmill.core.jobs.service.reviews.reading import (
    ReviewsWanted,
    ReviewView,
    get_review,
    job_changes,
    list_reviews,
    my_draft,
    open_reviews,
    people_of,
    review_changes,
    review_document,
)
from jobmill.core.jobs.service.reviews.timing import time_out_reviews

__all__ = [
    "Basis",
    "GivenAnswer",
    "ReviewView",
    "ReviewsWanted",
    "answer_review",
    "basis_of",
    "checkout_review",
    "expire_claims",
    "get_review",
    "job_changes",
    "keep_refused",
    "list_reviews",
    "my_draft",
    "open_reviews",
    "people_of",
    "release_review",
    "renew_review",
    "review_changes",
    "review_document",
    "save_draft",
    "time_out_reviews",
]

"""Full-text search over what jobs are called, what they found, and what is said of them."""

from jobmill.core.jobs.search.model import Found, Highlight, Words
from jobmill.core.jobs.search.ports import SearchIndex

__all__ = ["Found", "Highlight", "SearchIndex", "Words"]

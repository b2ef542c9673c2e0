"""Full-text search over what jobs are called, what they found, and what is said of them."""

from jobmill.core.search.model import Found, Highlight, Words
from jobmill.core.search.ports import SearchIndex

__all__ = ["Found", "Highlight", "SearchIndex", "Words"]

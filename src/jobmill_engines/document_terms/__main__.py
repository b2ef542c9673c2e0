"""Runs the document terms engine's host."""

from jobmill_engine import serve
from jobmill_engines.document_terms.engine import DocumentTerms

serve(DocumentTerms)

"""Runs the document writer's host."""

from jobmill_engine import serve
from jobmill_engines.document_writer.engine import DocumentWriter

serve(DocumentWriter)

"""Runs the document zones engine's host."""

from jobmill_engine import serve
from jobmill_engines.document_zones.engine import DocumentZones

serve(DocumentZones)

"""Runs the chunker's host."""

from jobmill_engine import serve
from jobmill_engines.chunker.engine import Chunker

serve(Chunker)

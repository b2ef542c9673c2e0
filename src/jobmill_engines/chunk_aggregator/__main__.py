"""Runs the chunk aggregator's host."""

from jobmill_engine import serve
from jobmill_engines.chunk_aggregator.engine import ChunkAggregator

serve(ChunkAggregator)

"""Runs the output writer's host."""

from jobmill_engine import serve
from jobmill_engines.output_writer.engine import OutputWriter

serve(OutputWriter)

"""Runs the data points engine's host."""

from jobmill_engine import serve
from jobmill_engines.data_points.engine import DataPoints

serve(DataPoints)

"""Runs the scan engine's host."""

from jobmill_engine import serve
from jobmill_engines.scan.engine import ScanEngine

serve(ScanEngine)

"""Runs the scan engine's host."""

import os

# Small matrix products on several threads spend more on waiting for each other than they save,
# beside decoders that want the same cores. Read once, when NumPy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from jobmill_engine import serve
from jobmill_engines.scan.engine import ScanEngine

serve(ScanEngine)

"""Runs the motion engine's host."""

import os

# NumPy's products are small here: its threads would take the cores from the network's.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from jobmill_engine import serve
from jobmill_engines.motion.engine import MotionEngine

serve(MotionEngine)

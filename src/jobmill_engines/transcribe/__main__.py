"""Runs the transcribe engine's host."""

import os

# NumPy prepares the sound only: its threads would take the cores from the model's. Read once, when
# NumPy is first imported; the model's own threads are counted by the parameter `threads`.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from jobmill_engine import serve
from jobmill_engines.transcribe.engine import TranscribeEngine

serve(TranscribeEngine)

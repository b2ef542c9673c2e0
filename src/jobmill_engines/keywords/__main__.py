"""Runs the keywords engine's host."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from jobmill_engine import serve
from jobmill_engines.keywords.engine import KeywordsEngine

serve(KeywordsEngine)

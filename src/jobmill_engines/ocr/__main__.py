"""Runs the ocr engine's host."""

import os

# OpenCV and NumPy prepare pictures only: their threads would take the cores from the models'.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from jobmill_engine import serve
from jobmill_engines.ocr.engine import OcrEngine

serve(OcrEngine)

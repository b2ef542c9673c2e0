"""Runs the document reader's host."""

import os

# Pictures are prepared beside the models' own threads, which would have to share the cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from jobmill_engine import serve
from jobmill_engines.document_reader.engine import DocumentReader

serve(DocumentReader)

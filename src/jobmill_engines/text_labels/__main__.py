"""Runs the host of the engine that labels texts."""

from jobmill_engine import serve
from jobmill_engines.text_labels.engine import TextLabels

serve(TextLabels)

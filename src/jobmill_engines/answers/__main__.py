"""Runs the host of the engine that answers."""

from jobmill_engine import serve
from jobmill_engines.answers.engine import Answers

serve(Answers)

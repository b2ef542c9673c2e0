"""Runs the sentiment engine's host."""

from jobmill_engine import serve
from jobmill_engines.sentiment.engine import SentimentEngine

serve(SentimentEngine)

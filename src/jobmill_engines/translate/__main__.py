"""Runs the translate engine's host."""

from jobmill_engine import serve
from jobmill_engines.translate.engine import TranslateEngine

serve(TranslateEngine)

"""Runs the text-language engine's host."""

from jobmill_engine import serve
from jobmill_engines.text_language.engine import TextLanguage

serve(TextLanguage)

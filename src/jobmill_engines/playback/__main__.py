"""Runs the playback engine's host."""

from jobmill_engine import serve
from jobmill_engines.playback.engine import Playback

serve(Playback)
